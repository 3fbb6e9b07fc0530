// HCL's tokens.
#include "internal/codec/hcl_scanner.h"

namespace bao::codec::hcl {
namespace {

bool is_space(char32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether a line ends a heredoc: white space, the anchor, carriage returns.
bool ends_heredoc(std::string_view line, std::string_view anchor) {
  const size_t start = line.find_first_not_of(" \t\n\v\f\r");
  if (start == std::string_view::npos || line.substr(start, anchor.size()) != anchor) return false;
  return line.find_first_not_of('\r', start + anchor.size()) == std::string_view::npos;
}

}  // namespace

Token Scanner::scan() {
  char32_t c = reader_.next();
  while (is_space(c)) c = reader_.next();
  Token token;
  const size_t start = reader_.at().offset - reader_.last_length();
  token.position = reader_.recent();
  token.kind = scan_kind(c);
  token.text = reader_.text().substr(start, reader_.at().offset - start);
  if (token.kind == TokenKind::ident && (token.text == "true" || token.text == "false")) {
    token.kind = TokenKind::boolean;
  }
  return token;
}

TokenKind Scanner::scan_kind(char32_t c) {
  if (is_letter(c)) return scan_identifier();
  if (is_decimal(c)) return scan_number(c);
  switch (c) {
    case '"': scan_string(); return TokenKind::string;
    case '#': case '/': scan_comment(c); return TokenKind::comment;
    case '<': scan_heredoc(); return TokenKind::heredoc;
    case '.':
      if (!is_decimal(reader_.peek())) return TokenKind::period;
      scan_exponent(reader_, scan_mantissa(reader_, reader_.peek()));
      return TokenKind::floating;
    case '-':
      if (!is_decimal(reader_.peek())) return TokenKind::sub;
      return scan_number(reader_.next());
    default: return scan_symbol(c);
  }
}

TokenKind Scanner::scan_symbol(char32_t c) {
  switch (c) {
    case 0: return TokenKind::eof;
    case '[': return TokenKind::lbrack;
    case ']': return TokenKind::rbrack;
    case '{': return TokenKind::lbrace;
    case '}': return TokenKind::rbrace;
    case ',': return TokenKind::comma;
    case '=': return TokenKind::assign;
    case '+': return TokenKind::add;
    default: reader_.fail("illegal char"); return TokenKind::illegal;
  }
}

TokenKind Scanner::scan_identifier() {
  char32_t c = reader_.next();
  while (is_letter(c) || is_digit(c) || c == '-' || c == '.') c = reader_.next();
  if (c != 0) reader_.unread();
  return TokenKind::ident;
}

TokenKind Scanner::scan_number(char32_t c) {
  if (c == '0') return scan_number_from_zero();
  scan_mantissa(reader_, c);
  c = reader_.next();
  if (c == 'e' || c == 'E') {
    scan_exponent(reader_, c);
    return TokenKind::floating;
  }
  if (c == '.') {
    c = scan_fraction(reader_, c);
    if (c == 'e' || c == 'E') scan_exponent(reader_, reader_.next());
    return TokenKind::floating;
  }
  if (c != 0) reader_.unread();
  return TokenKind::number;
}

TokenKind Scanner::scan_number_from_zero() {
  char32_t c = reader_.next();
  if (c == 'x' || c == 'X') return scan_hexadecimal();
  bool octal = true;
  while (is_decimal(c)) {
    c = reader_.next();
    if (c == '8' || c == '9') octal = false;
  }
  if (c == 'e' || c == 'E') {
    scan_exponent(reader_, c);
    return TokenKind::floating;
  }
  if (c == '.') {
    c = scan_fraction(reader_, c);
    if (c == 'e' || c == 'E') scan_exponent(reader_, reader_.next());
    return TokenKind::floating;
  }
  if (!octal) reader_.fail("illegal octal number");
  if (c != 0) reader_.unread();
  return TokenKind::number;
}

TokenKind Scanner::scan_hexadecimal() {
  char32_t c = reader_.next();
  bool found = false;
  while (digit_value(c) < 16) {
    c = reader_.next();
    found = true;
  }
  if (!found) reader_.fail("illegal hexadecimal number");
  if (c != 0) reader_.unread();
  return TokenKind::number;
}

void Scanner::scan_comment(char32_t c) {
  if (c == '#' || reader_.peek() != '*') {
    if (c == '/' && reader_.peek() != '/') return reader_.fail("expected '/' for comment");
    do {
      c = reader_.next();
    } while (c != '\n' && c != 0);
    if (c != 0) reader_.unread();
    return;
  }
  reader_.next();
  c = reader_.next();
  for (char32_t previous = 0; !(previous == '*' && c == '/');) {
    if (c == 0) return reader_.fail("comment not terminated");
    previous = c;
    c = reader_.next();
  }
}

void Scanner::scan_string() {
  int braces = 0;  // of ${ }, inside which quotes don't end the string
  while (true) {
    const char32_t c = reader_.next();
    if ((c == '\n' && braces == 0) || c == 0) return reader_.fail("literal not terminated");
    if (c == '"' && braces == 0) return;
    if (braces == 0 && c == '$' && reader_.peek() == '{') {
      ++braces;
      reader_.next();
    } else if (braces > 0 && c == '{') {
      ++braces;
    }
    if (braces > 0 && c == '}') --braces;
    if (c == '\\') scan_escape(reader_);
  }
}

// "<<EOF\n", "<<-EOF\n": the anchor with its '-'.
bool Scanner::scan_anchor(std::string_view& anchor) {
  if (reader_.next() != '<') {
    reader_.fail("heredoc expected second '<', didn't see it");
    return false;
  }
  const size_t start = reader_.at().offset;
  char32_t c = reader_.next();
  if (c == '-') c = reader_.next();
  while (is_letter(c) || is_digit(c)) c = reader_.next();
  if (c == 0) {
    reader_.fail("heredoc not terminated");
    return false;
  }
  if (c == '\r' && reader_.peek() == '\n') c = reader_.next();
  if (c != '\n') {
    reader_.fail("invalid characters in heredoc anchor");
    return false;
  }
  anchor = reader_.text().substr(start, reader_.at().offset - reader_.last_length() - start);
  if (anchor.empty() || anchor == "-") reader_.fail("zero-length heredoc anchor");
  return !anchor.empty() && anchor != "-";
}

void Scanner::scan_heredoc() {
  std::string_view anchor;
  if (!scan_anchor(anchor)) return;
  const std::string_view name = anchor.front() == '-' ? anchor.substr(1) : anchor;
  size_t line_start = reader_.at().offset;
  while (true) {
    const char32_t c = reader_.next();
    if (c == 0) return reader_.fail("heredoc not terminated");
    if (c != '\n') continue;
    const std::string_view line = reader_.text().substr(line_start, reader_.at().offset - 1 - line_start);
    // The length is compared with the anchor's '-' counted, as the reference does.
    if (line.size() >= anchor.size() && ends_heredoc(line, name)) return;
    line_start = reader_.at().offset;
  }
}

}  // namespace bao::codec::hcl
