#include "internal/cel/lexer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "internal/cel/syntax_error.h"
#include "internal/codec/encoding.h"

namespace bao::cel {
namespace {

using Kind = Token::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  base::Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    for (;;) {
      skip_blanks();
      if (at_ == source_.size()) break;
      const size_t start = at_;
      const auto kind = next();
      if (!kind) {
        return error_at(source_, start, "Syntax error: token recognition error at: '" + std::string(source_.substr(start, character_bytes(start))) + "'");
      }
      tokens.push_back({*kind, source_.substr(start, at_ - start), start});
    }
    tokens.push_back({Kind::end, "<EOF>", source_.size()});
    return tokens;
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

  size_t character_bytes(size_t start) const {
    size_t bytes = 1;
    while (start + bytes < source_.size() && (static_cast<unsigned char>(source_[start + bytes]) & 0xC0) == 0x80) ++bytes;
    return bytes;
  }

  void skip_blanks() {
    while (at_ < source_.size()) {
      if (std::string_view(" \t\r\n\f").find(source_[at_]) != std::string_view::npos) {
        ++at_;
      } else if (source_.substr(at_, 2) == "//") {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else {
        return;
      }
    }
  }

  std::optional<Kind> next() {
    if (const auto quoted = literal()) return quoted;
    if (is_letter(peek())) return word();
    if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number();
    if (peek() == '`') return quoted_identifier();
    static constexpr std::array<std::string_view, 24> kSymbols = {"==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")",
                                                                  ".",  ",",  "-",  "!",  "?",  ":",  "+", "*", "/", "%"};
    for (const std::string_view symbol : kSymbols) {
      if (source_.substr(at_, symbol.size()) != symbol) continue;
      at_ += symbol.size();
      return Kind::symbol;
    }
    return {};
  }

  Kind word() {
    const size_t start = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    const std::string_view text = source_.substr(start, at_ - start);
    return text == "true" || text == "false" || text == "null" || text == "in" ? Kind::symbol : Kind::identifier;
  }

  std::optional<Kind> quoted_identifier() {
    const size_t end = source_.find('`', at_ + 1);
    if (end == std::string_view::npos || end == at_ + 1) return {};
    const std::string_view inside = source_.substr(at_ + 1, end - at_ - 1);
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' '; };
    if (!std::all_of(inside.begin(), inside.end(), fits)) return {};
    at_ = end + 1;
    return Kind::quoted_identifier;
  }

  void digits() {
    while (is_digit(peek())) ++at_;
  }

  Kind number() {
    Kind kind = Kind::integer;
    if (peek() == '0' && peek(1) == 'x' && is_hex(peek(2))) {
      at_ += 2;
      while (is_hex(peek())) ++at_;
    } else {
      digits();
      if (peek() == '.' && is_digit(peek(1))) {
        kind = Kind::floating;
        ++at_;
        digits();
      }
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
        kind = Kind::floating;
        at_ += 1 + sign;
        digits();
      }
    }
    if (kind == Kind::integer && (peek() == 'u' || peek() == 'U')) {
      ++at_;
      kind = Kind::unsigned_integer;
    }
    return kind;
  }

  // A string or bytes with its prefix, or nothing if none begins here or none ends.
  std::optional<Kind> literal() {
    size_t at = at_;
    const auto lower = [this](size_t place) { return place < source_.size() ? static_cast<char>(source_[place] | 0x20) : '\0'; };
    const bool bytes = lower(at) == 'b';
    if (bytes) ++at;
    const bool raw = lower(at) == 'r';
    if (raw) ++at;
    if (at >= source_.size() || (source_[at] != '"' && source_[at] != '\'')) return {};
    const std::string triple(3, source_[at]);
    const bool is_long = source_.substr(at, 3) == triple;
    const std::string quote = is_long ? triple : triple.substr(0, 1);
    for (at += quote.size(); at < source_.size(); ++at) {
      if (source_.substr(at, quote.size()) == quote) {
        at_ = at + quote.size();
        return bytes ? Kind::bytes : Kind::string;
      }
      if (source_[at] == '\\' && !raw) ++at;
      if (!is_long && at < source_.size() && (source_[at] == '\n' || source_[at] == '\r')) return {};
    }
    return {};
  }

  std::string_view source_;
  size_t at_ = 0;
};

class Unescaper {
 public:
  Unescaper(std::string_view text, bool bytes) : text_(text), bytes_(bytes) {}

  base::Result<std::string> run() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        TRY(escape());
      } else {
        out_ += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  base::Status escape() {
    static constexpr std::string_view kNames = "abfnrtv\"'\\?`", kMeant = "\a\b\f\n\r\t\v\"'\\?`";
    const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    at_ += 2;
    if (const size_t found = kNames.find(name); found != std::string_view::npos) {
      out_ += kMeant[found];
      return {};
    }
    if (name == 'x' || name == 'X') return code(2, 16);
    if (name == 'u' && !bytes_) return code(4, 16);
    if (name == 'U' && !bytes_) return code(8, 16);
    if (name >= '0' && name <= '3') {
      --at_;
      return code(3, 8);
    }
    return base::invalid("unable to unescape string");
  }

  base::Status code(size_t digits, uint32_t radix) {
    uint32_t number = 0;
    if (text_.size() - std::min(at_, text_.size()) < digits) return base::invalid("unable to unescape string");
    for (const char c : text_.substr(at_, digits)) {
      const uint32_t digit = is_digit(c) ? static_cast<uint32_t>(c - '0') : is_hex(c) ? static_cast<uint32_t>((c | 0x20) - 'a') + 10 : radix;
      if (digit >= radix) return base::invalid("unable to unescape string");
      number = number * radix + digit;
    }
    at_ += digits;
    if (bytes_) {
      out_ += static_cast<char>(number);
      return {};
    }
    if (number > 0x10FFFF || (number >= 0xD800 && number < 0xE000)) return base::invalid("invalid unicode code point");
    codec::append_utf8(out_, number);
    return {};
  }

  std::string_view text_;
  bool bytes_;
  size_t at_ = 0;
  std::string out_;
};

}  // namespace

base::Result<std::vector<Token>> tokens_of(std::string_view source) { return Lexer(source).run(); }

base::Result<std::string> text_of_literal(std::string_view token) {
  bool bytes = false, raw = false;
  while (token.front() != '"' && token.front() != '\'') {
    (((token.front() | 0x20) == 'b') ? bytes : raw) = true;
    token.remove_prefix(1);
  }
  const bool is_long = token.size() >= 6 && token[1] == token[0] && token[2] == token[0];
  const size_t quote = is_long ? 3 : 1;
  token = token.substr(quote, token.size() - 2 * quote);
  if (raw) return std::string(token);
  return Unescaper(token, bytes).run();
}

}  // namespace bao::cel
