// What strings, heredocs and identifiers stand for.
#include "internal/codec/encoding.h"
#include "internal/codec/hcl_scanner.h"
#include "internal/codec/hcl_syntax.h"

namespace bao::codec::hcl {
namespace {

constexpr char32_t kLargest = 0x10FFFF;

// Strings between quotes: escapes are replaced, but for what stands inside ${ }.
class Unquoter {
 public:
  Unquoter(std::string_view text, bool json) : rest_(text), json_(json) {}

  bool run(std::string& out) {
    while (!rest_.empty()) {
      if (!json_ && rest_.substr(0, 2) == "${") {
        if (!copy_interpolation(out)) return false;
      } else if (rest_.front() == '\\') {
        if (!escape(out)) return false;
      } else if (rest_.front() == '"' || rest_.front() == '\n') {
        return false;
      } else {
        out += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    return true;
  }

 private:
  bool copy_interpolation(std::string& out) {
    size_t end = 2;
    for (int braces = 1; braces > 0; ++end) {
      if (end >= rest_.size()) return false;
      if (rest_[end] == '{') ++braces;
      if (rest_[end] == '}') --braces;
    }
    out += rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }

  bool digits(size_t count, int base, char32_t& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (size_t i = 0; i < count; ++i) {
      const int digit = digit_value(static_cast<unsigned char>(rest_[i]));
      if (digit >= base) return false;
      value = value * static_cast<char32_t>(base) + static_cast<char32_t>(digit);
    }
    rest_.remove_prefix(count);
    return true;
  }

  bool byte(size_t count, int base, std::string& out) {
    char32_t value = 0;
    if (!digits(count, base, value) || value > 255) return false;
    out += static_cast<char>(value);
    return true;
  }

  bool code_point(size_t count, std::string& out) {
    char32_t value = 0;
    if (!digits(count, 16, value) || value > kLargest) return false;
    append_utf8(out, value);
    return true;
  }

  bool escape(std::string& out) {
    if (rest_.size() < 2) return false;
    const char c = rest_[1];
    rest_.remove_prefix(2);
    switch (c) {
      case 'a': out += '\a'; return true;
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case 'v': out += '\v'; return true;
      case '\\': case '"': out += c; return true;
      case 'x': return byte(2, 16, out);
      case 'u': return code_point(4, out);
      case 'U': return code_point(8, out);
      default: break;
    }
    if (c < '0' || c > '7') return false;
    rest_ = std::string_view(rest_.data() - 1, rest_.size() + 1);
    return byte(3, 8, out);
  }

  std::string_view rest_;
  bool json_;
};

std::string_view without_trailing_blanks(std::string_view text) {
  const size_t end = text.find_last_not_of(" \t");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

// The lines without the indentation that the closing anchor has; nothing when one of them has less.
std::optional<std::string> unindented(std::string_view body) {
  const size_t last = body.rfind('\n');
  const std::string_view indentation = last == std::string_view::npos ? body : body.substr(last + 1);
  std::string out;
  for (size_t at = 0; at <= body.size();) {
    const size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    if (line.substr(0, indentation.size()) != indentation) return std::nullopt;
    if (end < body.size()) out += std::string(line.substr(indentation.size())) + '\n';
    at = end + 1;
  }
  return out;
}

// "<<EOF\n…EOF\n" without its first line and anchor, "<<-EOF" without the indentation as well.
std::optional<std::string> heredoc_text(std::string_view token) {
  const size_t first_line = token.find('\n');
  if (first_line == std::string_view::npos || first_line < 3 || token.size() < 2 * first_line) return std::nullopt;
  const size_t end = token.size() - first_line + 1;
  const auto body = [&](size_t until) {
    return token.substr(first_line + 1, until > first_line + 1 ? until - first_line - 1 : 0);
  };
  if (token[2] != '-') return std::string(body(end));
  if (auto text = unindented(body(end + 1)); text) return text;
  return std::string(without_trailing_blanks(body(end)));
}

}  // namespace

base::Result<std::string> token_string(const Token& token) {
  if (token.kind == TokenKind::ident) return std::string(token.text);
  if (token.kind == TokenKind::null) return std::string();
  if (token.kind == TokenKind::heredoc) {
    auto text = heredoc_text(token.text);
    if (!text) return error_at(token.position, "invalid heredoc");
    return std::move(*text);
  }
  std::string out;
  const std::string_view text = token.text;
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (!quoted || !Unquoter(text.substr(1, text.size() - 2), token.json).run(out)) {
    return error_at(token.position, "invalid string literal");
  }
  return out;
}

}  // namespace bao::codec::hcl
