// Value: what an expression is made of and comes to (the CEL specification, "Values"). Lists, maps and messages are shared and never
// change, so that a copy is cheap. Values of a program that is under way stay bounded: see budget.h. Immutable, thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bao::cel {

struct Null {
  bool operator==(const Null&) const = default;
};
struct Bytes {
  std::string bytes;
  auto operator<=>(const Bytes&) const = default;
};
// A moment between the years 1 and 9999 (time.h).
struct Timestamp {
  int64_t seconds = 0;  // since 1970
  int32_t nanoseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};
struct Duration {
  int64_t nanoseconds = 0;
  auto operator<=>(const Duration&) const = default;
};
struct Type {
  std::string name;
  bool operator==(const Type&) const = default;
};

class Value;
struct List;
struct Map;
struct Message;
struct Optional {
  std::shared_ptr<const Value> value;  // nullptr: none
};

class Value {
 public:
  // In the order of the variant below.
  enum class Kind : uint8_t {
    null, boolean, integer, unsigned_integer, floating, string, bytes, timestamp, duration, type, list, map, message, optional
  };

  Value() = default;
  Value(Null) {}
  Value(bool b) : content_(b) {}
  Value(int n) : content_(int64_t{n}) {}
  Value(int64_t n) : content_(n) {}
  Value(uint64_t n) : content_(n) {}
  Value(double d) : content_(d) {}
  Value(const char* s) : content_(std::string(s)) {}
  Value(std::string s) : content_(std::move(s)) {}
  Value(Bytes b) : content_(std::move(b)) {}
  Value(Timestamp t) : content_(t) {}
  Value(Duration d) : content_(d) {}
  Value(Type t) : content_(std::move(t)) {}
  Value(std::shared_ptr<const List> l) : content_(std::move(l)) {}
  Value(std::shared_ptr<const Map> m) : content_(std::move(m)) {}
  Value(std::shared_ptr<const Message> m) : content_(std::move(m)) {}
  Value(Optional o) : content_(std::move(o)) {}
  static Value list(std::vector<Value> items);
  static Value strings(const std::vector<std::string>& items);
  static Value optional(Value value);

  Kind kind() const { return static_cast<Kind>(content_.index()); }
  bool is(Kind kind_asked) const { return kind() == kind_asked; }
  // The content if it is of that type, or nullptr.
  template <typename T>
  const T* as() const { return std::get_if<T>(&content_); }
  const List* as_list() const;
  const Map* as_map() const;
  const Message* as_message() const;
  bool is_number() const { return is(Kind::integer) || is(Kind::unsigned_integer) || is(Kind::floating); }

  // "int", "google.protobuf.Timestamp", a message's full name.
  std::string type_name() const;
  // How deep lists and maps stand in each other; 0 for all else.
  size_t depth() const;

 private:
  std::variant<Null, bool, int64_t, uint64_t, double, std::string, Bytes, Timestamp, Duration, Type, std::shared_ptr<const List>,
               std::shared_ptr<const Map>, std::shared_ptr<const Message>, Optional>
      content_;
};

struct List {
  std::vector<Value> items;
  size_t depth = 1;
};

// Keys are booleans, integers of both kinds (1 and 1u are one key) and strings, in an order of their own.
struct KeyLess {
  bool operator()(const Value& a, const Value& b) const;
};
struct Map {
  std::map<Value, Value, KeyLess> entries;
  size_t depth = 1;
  // The value of that key, numbers compared by what they are worth (1.0 finds 1), or nullptr.
  const Value* find(const Value& key) const;
};
bool is_map_key(const Value& value);
Value make_map(std::map<Value, Value, KeyLess> entries);

}  // namespace bao::cel
