// The scalars of JSON (RFC 8259) as Go reads them. Owned by one parser; only this folder uses it.
#pragma once

#include <string>
#include <string_view>

namespace bao::codec {

// "invalid character 'x' <context>", the character shown as Go shows it.
std::string invalid_character(char c, std::string_view context);

class JsonLexer {
 public:
  explicit JsonLexer(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() const { return at_ == end_; }
  char peek() const { return *at_; }  // not at the end
  const char* position() const { return at_; }
  void advance() { ++at_; }
  // False at the end.
  bool skip_spaces() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    return at_ != end_;
  }
  static bool starts_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

  // Each begins at its first character and, when it returns false, has said why in error().
  // A lone surrogate, and every byte that is not UTF-8, become U+FFFD.
  bool string(std::string& out);
  bool number(std::string_view& text);  // as written
  bool literal(std::string_view word);
  const std::string& error() const { return error_; }

 private:
  bool fail(std::string_view context);
  bool escape(std::string& out);
  bool unicode_escape(std::string& out);
  // Four hexadecimal digits at `digits`, or -1.
  int hexadecimal(const char* digits) const;
  bool digits(std::string_view context);

  const char* at_;
  const char* end_;
  std::string error_;
};

}  // namespace bao::codec
