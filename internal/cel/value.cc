#include "internal/cel/value.h"

#include <algorithm>
#include <cmath>

#include "internal/cel/message.h"

namespace bao::cel {

Value Value::list(std::vector<Value> items) {
  auto made = std::make_shared<List>();
  for (const Value& item : items) made->depth = std::max(made->depth, item.depth() + 1);
  made->items = std::move(items);
  return Value(std::shared_ptr<const List>(std::move(made)));
}

Value Value::strings(const std::vector<std::string>& items) { return list(std::vector<Value>(items.begin(), items.end())); }

Value Value::optional(Value value) { return Value(Optional{std::make_shared<const Value>(std::move(value))}); }

const List* Value::as_list() const {
  const auto* found = as<std::shared_ptr<const List>>();
  return found == nullptr ? nullptr : found->get();
}

const Map* Value::as_map() const {
  const auto* found = as<std::shared_ptr<const Map>>();
  return found == nullptr ? nullptr : found->get();
}

const Message* Value::as_message() const {
  const auto* found = as<std::shared_ptr<const Message>>();
  return found == nullptr ? nullptr : found->get();
}

std::string Value::type_name() const {
  static constexpr const char* kNames[] = {"null_type", "bool", "int", "uint", "double", "string", "bytes", "google.protobuf.Timestamp",
                                           "google.protobuf.Duration", "type", "list", "map", "", "optional_type"};
  if (const Message* message = as_message()) return message->type->name;
  return kNames[content_.index()];
}

size_t Value::depth() const {
  if (const List* found = as_list()) return found->depth;
  if (const Map* found = as_map()) return found->depth;
  if (const Message* found = as_message()) return found->depth;
  if (const Optional* found = as<Optional>()) return found->value == nullptr ? 0 : found->value->depth() + 1;
  return 0;
}

namespace {

// Booleans, then numbers, then strings.
int rank(const Value& key) {
  if (key.is(Value::Kind::boolean)) return 0;
  return key.is(Value::Kind::string) ? 2 : 1;
}

bool number_less(const Value& a, const Value& b) {
  const auto *signed_a = a.as<int64_t>(), *signed_b = b.as<int64_t>();
  if (signed_a != nullptr && signed_b != nullptr) return *signed_a < *signed_b;
  if (signed_a != nullptr) return *signed_a < 0 || static_cast<uint64_t>(*signed_a) < *b.as<uint64_t>();
  if (signed_b != nullptr) return *signed_b >= 0 && *a.as<uint64_t>() < static_cast<uint64_t>(*signed_b);
  return *a.as<uint64_t>() < *b.as<uint64_t>();
}

}  // namespace

bool KeyLess::operator()(const Value& a, const Value& b) const {
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (rank(a) == 0) return *a.as<bool>() < *b.as<bool>();
  if (rank(a) == 2) return *a.as<std::string>() < *b.as<std::string>();
  return number_less(a, b);
}

bool is_map_key(const Value& value) {
  return value.is(Value::Kind::boolean) || value.is(Value::Kind::string) || value.is(Value::Kind::integer) ||
         value.is(Value::Kind::unsigned_integer);
}

const Value* Map::find(const Value& key) const {
  Value wanted = key;
  if (const double* number = key.as<double>()) {
    if (std::trunc(*number) != *number || *number < -0x1p63 || *number >= 0x1p64) return nullptr;
    wanted = *number < 0x1p63 ? Value(static_cast<int64_t>(*number)) : Value(static_cast<uint64_t>(*number));
  }
  if (!is_map_key(wanted)) return nullptr;
  const auto found = entries.find(wanted);
  return found == entries.end() ? nullptr : &found->second;
}

Value make_map(std::map<Value, Value, KeyLess> entries) {
  auto made = std::make_shared<Map>();
  for (const auto& [key, value] : entries) made->depth = std::max(made->depth, value.depth() + 1);
  made->entries = std::move(entries);
  return Value(std::shared_ptr<const Map>(std::move(made)));
}

}  // namespace bao::cel
