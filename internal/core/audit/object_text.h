// One JSON object, written member by member into a text, as Go writes a struct: what is `omitempty` is left out. Closed at its end.
// Owned by one thread.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "internal/codec/json.h"

namespace bao::core::audit {

class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }
  // A member of another object.
  ObjectText(ObjectText& outer, std::string_view name) : ObjectText(outer.member(name)) {}
  ~ObjectText() { out_ += '}'; }
  ObjectText(const ObjectText&) = delete;
  ObjectText& operator=(const ObjectText&) = delete;

  // Begins a member, whose value the caller appends. `name` needs no escape, unless it is a key of somebody else's: then named().
  std::string& member(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
    return out_;
  }
  std::string& named(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    codec::write_json_string_to(out_, name);
    out_ += ':';
    return out_;
  }

  void text(std::string_view name, std::string_view value) { codec::write_json_string_to(member(name), value); }
  void flag(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }

  // ---- left out when empty or 0
  void some(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void some(std::string_view name, int64_t value) {
    if (value == 0) return;
    char digits[24];
    member(name).append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void some(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    char separator = '[';
    member(name);
    for (const std::string& value : values) {
      out_ += separator;
      codec::write_json_string_to(out_, value);
      separator = ',';
    }
    out_ += ']';
  }
  template <typename Map>
  void some_texts(std::string_view name, const Map& values) {
    if (values.empty()) return;
    ObjectText object(*this, name);
    for (const auto& [key, value] : values) codec::write_json_string_to(object.named(key), value);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace bao::core::audit
