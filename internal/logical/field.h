// Field schemas and the values read by them: what a path takes, with the reference's coercions (openbao-api.md 1.4).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::logical {

enum class FieldType : uint8_t {
  string,
  lower_string,      // lower-cased
  name_string,       // generic name
  boolean,
  integer,
  floating,
  duration,          // seconds, "1h", …; never negative
  signed_duration,
  map,               // any object
  pairs,             // string to string: object, or list of "k=v"
  list,              // any array
  string_list,       // array of strings
  comma_list,        // array or "a,b"
  comma_int_list,
  time,              // RFC 3339 or unix seconds
};

struct Field {
  std::string name;
  FieldType type = FieldType::string;
  std::string description;
  codec::Json default_value{};  // null: the type's zero
  bool required = false;        // shown in help and OpenAPI; handlers check
  bool deprecated = false;
  bool query = false;           // OpenAPI: a query parameter
};

// The fields of one request: captures from the path, then members of the body. Values are coerced once, when made.
class Fields {
 public:
  // Whether members that the schema doesn't name are kept aside for a warning.
  enum class Unknown : uint8_t { collect, ignore };
  Fields() = default;
  // Coerces what `schema` names; captures win over members. Error: invalid, with the reference's wording
  // (`error converting input for field "ttl": …`; Path::read_fields adds the prefix that goes with the operation). Members
  // that the schema doesn't name are kept aside, sorted: unknown(). Captures that hide a member: replaced().
  static base::Result<Fields> read(const std::vector<Field>& schema, std::vector<std::pair<std::string, std::string>> captures,
                                   const codec::Json& data, Unknown unknown = Unknown::collect);

  // Given by the caller. As in the reference a null is the type's zero and counts as given, but for durations and times,
  // where it counts as not given.
  bool has(std::string_view name) const;
  // The coerced value, or nullptr when not given.
  const codec::Json* find(std::string_view name) const;
  // The value, or the schema's default, or the type's zero. ENSURE: the schema names the field.
  std::string string(std::string_view name) const;
  bool boolean(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double floating(std::string_view name) const;
  base::Duration duration(std::string_view name) const;
  base::Time time(std::string_view name) const;
  std::vector<std::string> strings(std::string_view name) const;      // string_list, comma_list
  std::vector<int64_t> integers(std::string_view name) const;         // comma_int_list
  std::map<std::string, std::string> pairs(std::string_view name) const;
  codec::Json json(std::string_view name) const;                      // map, list, anything
  const std::vector<std::string>& unknown() const { return unknown_; }
  const std::vector<std::string>& replaced() const { return replaced_; }

 private:
  const Field& schema_of(std::string_view name) const;
  codec::Json value_or_default(std::string_view name) const;
  const std::vector<Field>* schema_ = nullptr;  // the path's; lives as long as its backend
  std::vector<std::pair<std::string, codec::Json>> values_;
  std::vector<std::string> unknown_, replaced_;
};

// One value read as a field of that type: durations become seconds, times RFC 3339 text. The error is worded as the
// reference's decoder does, without the field's name ("'' expected type 'string', got unconvertible type 'bool'").
base::Result<codec::Json> coerce(FieldType type, const codec::Json& value);

// Warnings about unknown() and replaced(), as the reference words them. The request handler adds them to
// answers, but not to a Response that is empty().
std::vector<std::string> field_warnings(const Fields& fields);

}  // namespace bao::logical
