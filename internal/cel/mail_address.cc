#include "internal/cel/mail_address.h"

#include <algorithm>

namespace bao::cel {
namespace {

bool is_atom_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return true;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// The characters of one element, taken from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  char front() const { return text_.empty() ? '\0' : text_.front(); }
  void skip_blanks() {
    while (front() == ' ' || front() == '\t') text_.remove_prefix(1);
  }
  bool take(char c) {
    if (front() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool atom() {
    size_t length = 0;
    while (length < text_.size() && is_atom_character(text_[length])) ++length;
    text_.remove_prefix(length);
    return length != 0;
  }
  bool dotted_atoms() {
    do {
      if (!atom()) return false;
    } while (take('.'));
    return true;
  }
  bool quoted() {
    if (!take('"')) return false;
    while (!text_.empty() && !take('"')) {
      if (take('\\') && text_.empty()) return false;
      if (front() == '\r' || front() == '\n') return false;
      text_.remove_prefix(1);
      if (text_.empty()) return false;
    }
    return true;
  }
  bool domain() {
    if (front() != '[') return dotted_atoms();
    const size_t end = text_.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    text_.remove_prefix(end + 1);
    return true;
  }
  bool address() { return (front() == '"' ? quoted() : dotted_atoms()) && take('@') && domain(); }

 private:
  std::string_view text_;
};

bool is_named_address(Scanner scanner) {
  scanner.skip_blanks();
  while (!scanner.at_end() && scanner.front() != '<') {
    if (!(scanner.front() == '"' ? scanner.quoted() : scanner.dotted_atoms())) return false;
    scanner.skip_blanks();
  }
  if (!scanner.take('<') || !scanner.address() || !scanner.take('>')) return false;
  scanner.skip_blanks();
  return scanner.at_end();
}

}  // namespace

bool is_mail_address(std::string_view text) {
  Scanner bare(text);
  bare.skip_blanks();
  if (bare.address()) {
    bare.skip_blanks();
    if (bare.at_end()) return true;
  }
  return is_named_address(Scanner(text));
}

}  // namespace bao::cel
