#include "internal/cel/json.h"

#include <charconv>
#include <cmath>

#include "internal/cel/text.h"
#include "internal/codec/encoding.h"

namespace bao::cel {
namespace {

using codec::Json;

Value number_of(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

base::Result<Json> list_json(Budget& budget, const List& list) {
  Json out = Json::array();
  for (const Value& item : list.items) {
    ASSIGN_OR_RETURN(Json part, json_of(budget, item));
    out.push_back(std::move(part));
  }
  return out;
}

base::Result<Json> map_json(Budget& budget, const Map& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map.entries) {
    ASSIGN_OR_RETURN(Json part, json_of(budget, value));
    out.set(display_text(key), std::move(part));
  }
  return out;
}

}  // namespace

Value value_of(const Json& json, JsonNumbers numbers) {
  if (json.is_bool()) return json.as_bool();
  if (json.is_string()) return json.as_string();
  if (json.is_number()) return numbers == JsonNumbers::text ? Value(json.text()) : number_of(json.text());
  if (json.is_array()) {
    std::vector<Value> items;
    for (const Json& item : json.items()) items.push_back(value_of(item, numbers));
    return Value::list(std::move(items));
  }
  if (json.is_object()) {
    std::map<Value, Value, KeyLess> entries;
    for (const auto& [name, member] : json.members()) entries.insert_or_assign(Value(name), value_of(member, numbers));
    return make_map(std::move(entries));
  }
  return Null{};
}

base::Result<Json> json_of(Budget& budget, const Value& value) {
  TRY(budget.spend(1));
  switch (value.kind()) {
    case Value::Kind::null: return Json();
    case Value::Kind::boolean: return Json(*value.as<bool>());
    case Value::Kind::integer: return Json(*value.as<int64_t>());
    case Value::Kind::unsigned_integer: return Json(*value.as<uint64_t>());
    case Value::Kind::floating:
      if (!std::isfinite(*value.as<double>())) break;
      return Json::number(double_text(*value.as<double>()));
    case Value::Kind::string:
      TRY(budget.spend(value.as<std::string>()->size()));
      return Json(*value.as<std::string>());
    case Value::Kind::bytes:
      TRY(budget.spend(value.as<Bytes>()->bytes.size()));
      return Json(codec::to_base64(value.as<Bytes>()->bytes));
    case Value::Kind::timestamp: return Json(display_text(value));
    case Value::Kind::duration: return Json(value.as<Duration>()->nanoseconds);
    case Value::Kind::list: return list_json(budget, *value.as_list());
    case Value::Kind::map: return map_json(budget, *value.as_map());
    default: break;
  }
  return base::invalid("no JSON form of " + value.type_name());
}

}  // namespace bao::cel
