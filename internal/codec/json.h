// Json: a JSON value that keeps what it was given (ARCHITECTURE D16). Numbers stay as text. A plain value,
// thread-compatible. Filled by parse_json, with limits, written by one writer with Go's escaping.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/limits.h"
#include "internal/base/result.h"

namespace bao::codec {

class Json {
 public:
  enum class Kind : uint8_t {
    null,
    boolean,
    number,   // its text, as given: "1.50", "123456789012345678901234567890"
    string,   // UTF-8
    array,
    object,   // written with sorted keys, as Go writes a map
    record,   // written in the order in which members were added, as Go writes a struct
    raw,      // text of a JSON value, spliced as it is; must come from write_json or from our own storage
  };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool b) : kind_(Kind::boolean), flag_(b) {}
  Json(int n) : Json(static_cast<int64_t>(n)) {}
  Json(int64_t n);
  Json(uint64_t n);
  Json(const char* s) : Json(std::string(s)) {}
  Json(std::string_view s) : Json(std::string(s)) {}
  Json(std::string s) : kind_(Kind::string), text_(std::move(s)) {}
  static Json number(std::string text);
  static Json raw(std::string text);
  static Json array(std::vector<Json> items = {});
  static Json object(std::vector<Member> members = {});
  static Json record(std::vector<Member> members = {});
  static Json strings(const std::vector<std::string>& items);  // array of strings

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_bool() const { return kind_ == Kind::boolean; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object || kind_ == Kind::record; }

  // Of the wrong kind: false, "", 0, nothing.
  bool as_bool() const { return kind_ == Kind::boolean && flag_; }
  const std::string& as_string() const;   // text of a string
  const std::string& text() const { return text_; }  // text of a number, string or raw
  // An integer, also written as "3.0" or "1e3"; error when it is no number, no integer or out of range.
  base::Result<int64_t> as_int() const;

  const std::vector<Json>& items() const;      // of an array
  std::vector<Json>& items();
  const std::vector<Member>& members() const;  // of an object or record
  std::vector<Member>& members();

  // The member of that exact name, or nullptr. Later duplicates win, as in Go.
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  // As find, ignoring ASCII case like Go's decoder; an exact match wins.
  const Json* find_ignoring_case(std::string_view name) const;
  // The member, or null.
  const Json& operator[](std::string_view name) const;
  // Adds or replaces.
  Json& set(std::string_view name, Json value);
  bool erase(std::string_view name);
  void push_back(Json value);
  size_t size() const;  // items or members
  bool empty() const { return size() == 0; }

  // Overwrites every text inside and becomes null: for values that held secrets.
  void wipe() noexcept;

  // Equal by value: order of object members does not matter, numbers by text.
  bool operator==(const Json& other) const;

 private:
  Kind kind_ = Kind::null;
  bool flag_ = false;
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

struct JsonLimits {
  size_t depth_max = base::kJsonDepthMax;
  size_t bytes_max = SIZE_MAX;    // of memory, by the reference's estimate (listener key max_request_json_memory)
  size_t strings_max = SIZE_MAX;  // string values and object keys together
};

// Bytes after the value: tolerated where they are JSON tokens in a possible order, which count towards the limits.
enum class Trailing { refuse, tolerate_json };

// Errors: Code::invalid in Go's words ("invalid character 'x' looking for beginning of value", "unexpected EOF", "EOF"
// for nothing at all); past a limit "refused JSON input due to high complexity: …". Bytes that are not UTF-8, and lone
// surrogates, become U+FFFD.
base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {},
                              Trailing trailing = Trailing::refuse);

// Compact, keys of objects sorted, <>& and U+2028/9 escaped as Go's encoding/json does.
std::string write_json(const Json& value);
void write_json_to(std::string& out, const Json& value);
// `"text"` with Go's escaping, appended.
void write_json_string_to(std::string& out, std::string_view text);
// Indented by two spaces, as json.MarshalIndent(v, "", "  ").
std::string write_json_indented(const Json& value);

// RFC 7396 merge patch: `patch` applied to `target`.
Json merge_patch(const Json& target, const Json& patch);

}  // namespace bao::codec
