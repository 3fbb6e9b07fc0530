#include "internal/cel/message.h"

#include <algorithm>
#include <limits>

namespace bao::cel {
namespace {

using Kind = FieldType::Kind;

base::Error mismatch(const FieldType& field, const Value& value) {
  return base::invalid("unsupported field type for " + field.name + ": " + value.type_name());
}

bool in_range(Kind kind, const Value& value) {
  if (kind == Kind::uint32) return *value.as<uint64_t>() <= std::numeric_limits<uint32_t>::max();
  if (kind != Kind::enumeration) return true;
  const int64_t number = *value.as<int64_t>();
  return number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
}

bool fits(const FieldType& field, const Value& value) {
  switch (field.kind) {
    case Kind::boolean: return value.is(Value::Kind::boolean);
    case Kind::int64:
    case Kind::enumeration: return value.is(Value::Kind::integer);
    case Kind::uint32:
    case Kind::uint64: return value.is(Value::Kind::unsigned_integer);
    case Kind::string: return value.is(Value::Kind::string);
    case Kind::bytes: return value.is(Value::Kind::bytes);
    case Kind::timestamp: return value.is(Value::Kind::timestamp);
    case Kind::message: return value.as_message() != nullptr && value.as_message()->type == field.message;
  }
  return false;
}

base::Status check(const FieldType& field, const Value& value) {
  if (!fits(field, value)) return mismatch(field, value);
  if (!in_range(field.kind, value)) return base::invalid("range error converting to the type of field " + field.name);
  return {};
}

Value zero_of(const FieldType& field) {
  switch (field.kind) {
    case Kind::boolean: return false;
    case Kind::int64:
    case Kind::enumeration: return int64_t{0};
    case Kind::uint32:
    case Kind::uint64: return uint64_t{0};
    case Kind::string: return std::string();
    case Kind::bytes: return Bytes{};
    case Kind::timestamp: return Timestamp{};
    case Kind::message: break;
  }
  auto empty = std::make_shared<Message>();
  empty->type = field.message;
  return Value(std::shared_ptr<const Message>(std::move(empty)));
}

// Scalars of their zero value are not there; messages, once given, are.
bool is_default(const FieldType& field, const Value& value) {
  if (const List* list = value.as_list()) return list->items.empty();
  if (const bool* flag = value.as<bool>()) return !*flag;
  if (const int64_t* number = value.as<int64_t>()) return *number == 0;
  if (const uint64_t* number = value.as<uint64_t>()) return *number == 0;
  if (const std::string* text = value.as<std::string>()) return text->empty();
  if (const Bytes* bytes = value.as<Bytes>()) return bytes->bytes.empty();
  return field.kind != Kind::message && field.kind != Kind::timestamp;
}

base::Status set(Message& message, const FieldType& field, const Value& value) {
  if (field.repeated) {
    const List* list = value.as_list();
    if (list == nullptr) return mismatch(field, value);
    for (const Value& item : list->items) TRY(check(field, item));
  } else {
    const bool holds_message = field.kind == Kind::message || field.kind == Kind::timestamp;
    if (holds_message && value.is(Value::Kind::null)) return {};
    TRY(check(field, value));
  }
  if (is_default(field, value)) return {};
  message.depth = std::max(message.depth, value.depth() + 1);
  message.fields.insert_or_assign(&field, value);
  return {};
}

}  // namespace

const FieldType* MessageType::find(std::string_view field) const {
  for (const FieldType& known : fields) {
    if (known.name == field) return &known;
  }
  return nullptr;
}

Value Message::get(const FieldType& field) const {
  const auto found = fields.find(&field);
  if (found != fields.end()) return found->second;
  return field.repeated ? Value::list({}) : zero_of(field);
}

Value Message::get(std::string_view field) const {
  const FieldType* known = type->find(field);
  return known == nullptr ? Value() : get(*known);
}

base::Result<Value> make_message(const MessageType& type, const std::vector<std::pair<std::string, Value>>& fields) {
  auto message = std::make_shared<Message>();
  message->type = &type;
  for (const auto& [name, value] : fields) {
    const FieldType* field = type.find(name);
    if (field == nullptr) return base::invalid("no such field: " + name);
    TRY(set(*message, *field, value));
  }
  return Value(std::shared_ptr<const Message>(std::move(message)));
}

}  // namespace bao::cel
