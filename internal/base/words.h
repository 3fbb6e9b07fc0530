// What is said of an error. Words that stand in the source as they are hold nothing that anybody sent, and so may be logged; words that were
// put together may hold a path, a name or a value of a client's, and of them only the place in the source is told. Immutable.
#pragma once

#include <concepts>
#include <cstddef>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace bao::base {

class Words {
 public:
  using Place = std::source_location;
  template <size_t N>
  Words(const char (&fixed)[N], Place place = Place::current()) : text_(fixed), loggable_bytes_(text_.size()), place_(place) {}
  template <size_t N>
  Words(char (&)[N], Place place = Place::current()) = delete;  // a buffer stands in no source
  Words(std::string composed, Place place = Place::current()) : text_(std::move(composed)), place_(place) {}
  template <typename Pointer>
    requires std::same_as<Pointer, const char*> || std::same_as<Pointer, char*>
  Words(Pointer composed, Place place = Place::current()) : text_(composed), place_(place) {}
  // Composed of the node's own alone: names of its files, numbers, what another module said of them.
  static Words of_node(std::string composed, Place place = Place::current());

  const std::string& text() const { return text_; }
  // The part of the text that may be logged; "" where nothing of it may.
  std::string_view loggable() const { return std::string_view(text_).substr(loggable_at_, loggable_bytes_); }
  // "internal/core/intent.cc:12".
  std::string place() const;

  // What may be logged stays what it was, and so does the place.
  Words within(std::string_view context) const;  // "<context>: <text>"
  Words between(std::string_view before, std::string_view after) const;

 private:
  std::string text_;
  size_t loggable_at_ = 0, loggable_bytes_ = 0;
  Place place_;
};

}  // namespace bao::base
