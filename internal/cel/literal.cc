#include "internal/cel/literal.h"

#include <charconv>
#include <cstdint>

namespace bao::cel {
namespace {

base::Result<Value> floating(std::string_view text, bool negative) {
  double parsed = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (end.ec != std::errc()) return base::invalid("invalid double literal");
  return Value(negative ? -parsed : parsed);
}

}  // namespace

base::Result<Value> number_literal(const Token& token, bool negative) {
  if (token.kind == Token::Kind::floating) return floating(token.text, negative);
  const bool is_unsigned = token.kind == Token::Kind::unsigned_integer;
  std::string_view digits = token.text;
  if (is_unsigned) digits.remove_suffix(1);
  const bool hexadecimal = digits.starts_with("0x");
  if (hexadecimal) digits.remove_prefix(2);
  uint64_t parsed = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), parsed, hexadecimal ? 16 : 10);
  const uint64_t limit = is_unsigned ? UINT64_MAX : static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (end.ec != std::errc() || parsed > limit) return base::invalid(is_unsigned ? "invalid uint literal" : "invalid int literal");
  if (is_unsigned) return Value(parsed);
  return Value(static_cast<int64_t>(negative ? 0 - parsed : parsed));
}

base::Result<Value> text_literal(const Token& token) {
  ASSIGN_OR_RETURN(std::string content, text_of_literal(token.text));
  if (token.kind == Token::Kind::bytes) return Value(Bytes{std::move(content)});
  return Value(std::move(content));
}

}  // namespace bao::cel
