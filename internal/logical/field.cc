#include "internal/logical/field.h"

#include <algorithm>
#include <charconv>

#include "internal/base/ensure.h"
#include "internal/base/time_format.h"

namespace bao::logical {
namespace {

using codec::Json;
using Captures = std::vector<std::pair<std::string, std::string>>;

const Field* field_named(const std::vector<Field>& schema, std::string_view name) {
  const auto found = std::find_if(schema.begin(), schema.end(), [&](const Field& field) { return field.name == name; });
  return found == schema.end() ? nullptr : &*found;
}

bool null_is_absent(FieldType type) {
  return type == FieldType::duration || type == FieldType::signed_duration || type == FieldType::time;
}

base::Error wrong_field(const std::string& name, const base::Error& why) {
  return base::Error(why.code(), "error converting input for field \"" + name + "\": " + why.message());
}

std::string bracketed(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? " " : "") + name;
  return text + "]";
}

}  // namespace

base::Result<Fields> Fields::read(const std::vector<Field>& schema, Captures captures, const Json& data, Unknown unknown) {
  Fields fields;
  fields.schema_ = &schema;
  fields.values_.reserve(captures.size() + 1);
  const auto add = [&](const Field& field, const Json& value) -> base::Status {
    if (value.is_null() && null_is_absent(field.type)) return {};
    auto coerced = coerce(field.type, value);
    if (!coerced.ok()) return wrong_field(field.name, coerced.error());
    fields.values_.emplace_back(field.name, std::move(*coerced));
    return {};
  };
  for (auto& [name, text] : captures) {
    const Field* field = field_named(schema, name);
    ENSURE(field != nullptr, "a pattern captures what the schema doesn't name");
    if (!data[name].is_null()) fields.replaced_.push_back(name);
    if (field->type == FieldType::string) fields.values_.emplace_back(std::move(name), std::move(text));
    else TRY(add(*field, Json(std::move(text))));
  }
  for (const auto& [name, value] : data.members()) {
    const Field* field = field_named(schema, name);
    if (field == nullptr) {
      if (unknown == Unknown::collect) fields.unknown_.push_back(name);
    } else if (&value == data.find(name) && fields.find(name) == nullptr) {
      TRY(add(*field, value));
    }
  }
  std::sort(fields.unknown_.begin(), fields.unknown_.end());
  fields.unknown_.erase(std::unique(fields.unknown_.begin(), fields.unknown_.end()), fields.unknown_.end());
  return fields;
}

bool Fields::has(std::string_view name) const { return find(name) != nullptr; }

const Json* Fields::find(std::string_view name) const {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& value) { return value.first == name; });
  return found == values_.end() ? nullptr : &found->second;
}

const Field& Fields::schema_of(std::string_view name) const {
  const Field* field = schema_ == nullptr ? nullptr : field_named(*schema_, name);
  ENSURE(field != nullptr, "a handler reads a field that its schema doesn't name");
  return *field;
}

// The value given, or the default read as the field's type; null when there is neither.
Json Fields::value_or_default(std::string_view name) const {
  const Field& field = schema_of(name);
  if (const Json* given = find(name); given != nullptr) return *given;
  if (field.default_value.is_null()) return nullptr;
  auto value = coerce(field.type, field.default_value);
  ENSURE(value.ok(), "a schema's default doesn't fit its type");
  return std::move(*value);
}

std::string Fields::string(std::string_view name) const { return value_or_default(name).as_string(); }
bool Fields::boolean(std::string_view name) const { return value_or_default(name).as_bool(); }

int64_t Fields::integer(std::string_view name) const {
  const auto number = value_or_default(name).as_int();
  return number.ok() ? *number : 0;
}

double Fields::floating(std::string_view name) const {
  const Json value = value_or_default(name);
  double number = 0;
  std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
  return number;
}

base::Duration Fields::duration(std::string_view name) const { return base::seconds(integer(name)); }

base::Time Fields::time(std::string_view name) const {
  const Json value = value_or_default(name);
  if (value.is_null()) return base::kZeroTime;
  const auto time = base::parse_rfc3339(value.as_string());
  return time.ok() ? *time : base::kZeroTime;
}

std::vector<std::string> Fields::strings(std::string_view name) const {
  const Json value = value_or_default(name);
  std::vector<std::string> texts;
  texts.reserve(value.size());
  for (const Json& item : value.items()) texts.push_back(item.as_string());
  return texts;
}

std::vector<int64_t> Fields::integers(std::string_view name) const {
  const Json value = value_or_default(name);
  std::vector<int64_t> numbers;
  for (const Json& item : value.items()) {
    const auto number = item.as_int();
    numbers.push_back(number.ok() ? *number : 0);
  }
  return numbers;
}

std::map<std::string, std::string> Fields::pairs(std::string_view name) const {
  const Json value = value_or_default(name);
  std::map<std::string, std::string> pairs;
  for (const auto& [key, text] : value.members()) pairs[key] = text.as_string();
  return pairs;
}

Json Fields::json(std::string_view name) const {
  Json value = value_or_default(name);
  if (!value.is_null()) return value;
  const FieldType type = schema_of(name).type;
  if (type == FieldType::map || type == FieldType::pairs) return Json::object();
  if (type == FieldType::list || type == FieldType::string_list || type == FieldType::comma_list) return Json::array();
  return value;
}

std::vector<std::string> field_warnings(const Fields& fields) {
  std::vector<std::string> warnings;
  if (!fields.unknown().empty()) {
    warnings.push_back("Endpoint ignored these unrecognized parameters: " + bracketed(fields.unknown()));
  }
  if (!fields.replaced().empty()) {
    warnings.push_back("Endpoint replaced the value of these parameters with the values captured from the endpoint's path: " +
                       bracketed(fields.replaced()));
  }
  return warnings;
}

}  // namespace bao::logical
