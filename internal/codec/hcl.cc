// From the syntax tree to values.
#include "internal/codec/hcl.h"

#include <charconv>

#include "internal/codec/hcl_syntax.h"

namespace bao::codec {
namespace {

using hcl::TokenKind;

base::Result<std::vector<HclItem>> items_of(const std::vector<hcl::Item>& items);

// Decimal, 0x… or 0… (octal) of 64 bits.
base::Result<Json> integer(const hcl::Token& token) {
  std::string_view digits = token.text;
  const bool negative = !digits.empty() && digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    base = digits[1] == 'x' || digits[1] == 'X' ? 16 : 8;
    digits.remove_prefix(base == 16 ? 2 : 1);
  }
  const std::string signed_digits = (negative ? "-" : "") + std::string(digits);
  int64_t value = 0;
  const char* end = signed_digits.data() + signed_digits.size();
  const auto parsed = std::from_chars(signed_digits.data(), end, value, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return hcl::error_at(token.position, "invalid number " + std::string(token.text));
  }
  return Json(value);
}

// Text that is JSON and still a real number: "1.", ".5" and "1.e3" are written anew.
base::Result<Json> real(const hcl::Token& token) {
  double value = 0;
  const char* end = token.text.data() + token.text.size();
  const auto parsed = std::from_chars(token.text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return hcl::error_at(token.position, "invalid number " + std::string(token.text));
  }
  char shortest[32];
  const auto written = std::to_chars(shortest, shortest + sizeof shortest, value);
  std::string text(shortest, written.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return Json::number(std::move(text));
}

base::Result<Json> scalar(const hcl::Token& token) {
  if (token.kind == TokenKind::boolean) return Json(token.text == "true");
  if (token.kind == TokenKind::number) return integer(token);
  if (token.kind == TokenKind::floating) return real(token);
  ASSIGN_OR_RETURN(std::string text, hcl::token_string(token));
  return Json(std::move(text));
}

base::Result<HclValue> value_of(const hcl::Node& node) {
  HclValue value;
  value.line = node.position().line;
  value.column = node.position().column;
  if (node.kind == hcl::Node::Kind::object) {
    value.kind = HclValue::Kind::object;
    ASSIGN_OR_RETURN(value.object, items_of(node.items));
  } else if (node.kind == hcl::Node::Kind::list) {
    value.kind = HclValue::Kind::list;
    for (const hcl::Node& item : node.list) {
      ASSIGN_OR_RETURN(HclValue one, value_of(item));
      value.list.push_back(std::move(one));
    }
  } else {
    ASSIGN_OR_RETURN(value.scalar, scalar(node.token));
  }
  return value;
}

base::Result<HclItem> item_of(const hcl::Item& item) {
  HclItem out;
  ASSIGN_OR_RETURN(out.key, hcl::token_string(item.keys.front()));
  for (size_t i = 1; i < item.keys.size(); ++i) {
    ASSIGN_OR_RETURN(std::string label, hcl::token_string(item.keys[i]));
    out.labels.push_back(std::move(label));
  }
  ASSIGN_OR_RETURN(out.value, value_of(item.value));
  out.assigned = item.assign.valid();
  out.assign_line = item.assign.line;
  out.line = item.position().line;
  out.column = item.position().column;
  return out;
}

base::Result<std::vector<HclItem>> items_of(const std::vector<hcl::Item>& items) {
  std::vector<HclItem> out;
  for (const hcl::Item& item : items) {
    ASSIGN_OR_RETURN(HclItem one, item_of(item));
    out.push_back(std::move(one));
  }
  return out;
}

void add_member(Json& object, const std::string& key, Json value) {
  Json* existing = object.find(key);
  if (existing == nullptr) {
    object.set(key, std::move(value));
  } else if (existing->is_array()) {
    existing->push_back(std::move(value));
  } else {
    Json both = Json::array({std::move(*existing), std::move(value)});
    *existing = std::move(both);
  }
}

}  // namespace

bool is_hcl_json(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\n\v\f\r");
  return start != std::string_view::npos && text[start] == '{';
}

base::Error hcl_error(int line, int column, std::string_view message) {
  return hcl::error_at({0, line, column}, message);
}

base::Result<std::vector<HclItem>> parse_hcl(std::string_view text, HclDuplicates duplicates) {
  const auto native = duplicates == HclDuplicates::refuse ? hcl::Duplicates::refuse : hcl::Duplicates::allow;
  ASSIGN_OR_RETURN(const hcl::File file, is_hcl_json(text) ? hcl::parse_as_json(text) : hcl::parse_native(text, native));
  return items_of(file.items);
}

Json hcl_to_json(const HclValue& value) {
  if (value.kind == HclValue::Kind::scalar) return value.scalar;
  if (value.kind == HclValue::Kind::list) {
    Json list = Json::array();
    for (const HclValue& item : value.list) list.push_back(hcl_to_json(item));
    return list;
  }
  Json object = Json::object();
  for (const HclItem& item : value.object) {
    Json inner = hcl_to_json(item.value);
    for (size_t i = item.labels.size(); i > 0; --i) inner = Json::object({{item.labels[i - 1], std::move(inner)}});
    add_member(object, item.key, std::move(inner));
  }
  return object;
}

}  // namespace bao::codec
