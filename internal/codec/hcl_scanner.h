// Cuts HCL text into tokens. Owned by one parser; the text must outlive the tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/codec/hcl_syntax.h"

namespace bao::codec::hcl {

// Reads code points with positions; what both scanners (HCL, JSON) are written on.
class Reader {
 public:
  enum class Nul { is_an_error, ends };
  explicit Reader(std::string_view text, Nul nul = Nul::is_an_error) : text_(text), nul_(nul) {}
  // The next code point, 0 at the end and for a NUL.
  char32_t next();
  // Undoes the last next(), where that read something.
  void unread();
  char32_t peek() const;
  void fail(std::string message);
  // Where the character that was read last stands.
  Position recent() const;
  const Position& at() const { return at_; }
  size_t last_length() const { return last_length_; }
  std::string_view text() const { return text_; }
  // The last error met; scanning goes on after errors, as the reference's does.
  const std::optional<std::pair<Position, std::string>>& error() const { return error_; }

 private:
  std::string_view text_;
  const Nul nul_;
  Position at_{0, 1, 0}, previous_{0, 1, 0};
  size_t last_length_ = 0;
  int last_line_columns_ = 0;
  std::optional<std::pair<Position, std::string>> error_;
};

bool is_letter(char32_t c);
bool is_digit(char32_t c);    // of any script
bool is_decimal(char32_t c);  // 0-9
int digit_value(char32_t c);  // 16 where it is none

// Escapes and numbers are the same in both.
void scan_escape(Reader& reader);
char32_t scan_mantissa(Reader& reader, char32_t c);
char32_t scan_fraction(Reader& reader, char32_t c);
char32_t scan_exponent(Reader& reader, char32_t c);

class Scanner {
 public:
  explicit Scanner(std::string_view text) : reader_(text) {}
  Token scan();
  const std::optional<std::pair<Position, std::string>>& error() const { return reader_.error(); }

 private:
  TokenKind scan_kind(char32_t c);
  TokenKind scan_symbol(char32_t c);
  TokenKind scan_identifier();
  TokenKind scan_number(char32_t c);
  TokenKind scan_number_from_zero();
  TokenKind scan_hexadecimal();
  void scan_comment(char32_t c);
  void scan_string();
  void scan_heredoc();
  bool scan_anchor(std::string_view& anchor);

  Reader reader_;
};

}  // namespace bao::codec::hcl
