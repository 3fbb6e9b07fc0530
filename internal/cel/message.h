// Messages: objects with declared fields, as protobuf's version 3 has them. Who embeds the language declares the types; there are no
// descriptors here, no wrappers, no Any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/cel/value.h"

namespace bao::cel {

struct MessageType;

struct FieldType {
  // An enumeration's values are integers of 32 bits.
  enum class Kind : uint8_t { boolean, int64, uint32, uint64, enumeration, string, bytes, timestamp, message };
  std::string name;
  Kind kind;
  bool repeated = false;
  const MessageType* message = nullptr;
};

struct MessageType {
  std::string name;  // with its package: "openbao.pki.CertTemplate"
  std::vector<FieldType> fields;
  const FieldType* find(std::string_view field) const;
};

struct Message {
  const MessageType* type = nullptr;  // outlives the message
  std::map<const FieldType*, Value> fields;  // those that differ from their default
  size_t depth = 1;

  bool has(const FieldType& field) const { return fields.contains(&field); }
  // The value, or the default of its type: 0, "", an empty list or message.
  Value get(const FieldType& field) const;
  // By name; the default also for names that the type lacks (null).
  Value get(std::string_view field) const;
};

// A message of those fields. Errors: invalid for a field that the type lacks and for a value of another type; nothing is converted.
base::Result<Value> make_message(const MessageType& type, const std::vector<std::pair<std::string, Value>>& fields);

}  // namespace bao::cel
