#include "internal/text_template/lexer.h"

#include <algorithm>

#include "internal/codec/json.h"
#include "internal/text_template/limits.h"

namespace bao::text_template {
namespace {

using Kind = Token::Kind;

constexpr std::string_view kSpace = " \t\r\n";

bool is_space(char c) { return kSpace.find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_name(char c) { return is_letter(c) || is_digit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<Token>> all() {
    while (at_ < text_.size()) TRY(step());
    add(Kind::end, "");
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  base::Error fail(const std::string& message) const { return error_at(line_, message); }

  void advance(size_t count) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.begin() + static_cast<std::ptrdiff_t>(at_ + count), '\n'));
    at_ += count;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) advance(1);
  }
  void add(Kind kind, std::string text) {
    tokens_.push_back({kind, std::move(text), spaced_, line_});
    spaced_ = false;
  }

  base::Status step() {
    const size_t open = std::min(rest().find("{{"), rest().size());
    std::string plain(rest().substr(0, open));
    const std::string_view action = rest().substr(open);
    const bool trims = action.size() > 3 && action[2] == '-' && is_space(action[3]);
    if (trims) plain.erase(plain.find_last_not_of(kSpace) + 1);
    if (!plain.empty()) add(Kind::text, std::move(plain));
    advance(open);
    if (at_ == text_.size()) return {};
    advance(trims ? 3 : 2);
    skip_space();
    if (rest().starts_with("/*")) return comment();
    add(Kind::open, "");
    return inside();
  }

  base::Status comment() {
    const size_t end = rest().find("*/");
    if (end == std::string_view::npos) return fail("unclosed comment");
    advance(end + 2);
    if (!closes()) return fail("comment ends before closing delimiter");
    return {};
  }

  // "}}", or "-}}" after a space, whose text goes on behind what is trimmed.
  bool closes() {
    const bool after_space = at_ < text_.size() && is_space(text_[at_]);
    skip_space();
    if (after_space && rest().starts_with("-}}")) {
      advance(3);
      skip_space();
      return true;
    }
    if (!rest().starts_with("}}")) return false;
    advance(2);
    return true;
  }

  base::Status inside() {
    while (true) {
      const size_t before = at_;
      if (closes()) {
        add(Kind::close, "");
        return {};
      }
      spaced_ = at_ != before;
      if (at_ == text_.size()) return fail("unclosed action");
      TRY(token());
    }
  }

  base::Status token() {
    const char c = text_[at_];
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '.' && !is_digit(next)) return named(is_name(next) ? Kind::field : Kind::dot, 1);
    if (c == '$') return named(Kind::variable, 0);
    if (is_letter(c)) return named(Kind::word, 0);
    if (c == '"') return quoted();
    if (c == '`') return raw();
    if (is_digit(c) || c == '.' || ((c == '-' || c == '+') && (is_digit(next) || next == '.'))) return number();
    if (c == ':' && next == '=') return sign(Kind::declare, 2);
    constexpr std::pair<char, Kind> kSigns[] = {
        {'=', Kind::assign}, {'|', Kind::pipe}, {',', Kind::comma}, {'(', Kind::left_bracket}, {')', Kind::right_bracket}};
    for (const auto& [letter, kind] : kSigns) {
      if (c == letter) return sign(kind, 1);
    }
    return fail("unexpected " + std::string(1, c) + " in action");
  }

  base::Status sign(Kind kind, size_t length) {
    add(kind, "");
    advance(length);
    return {};
  }

  // A name, behind `prefix` characters that are no part of it. `-` would be no part of one either: Go refuses it, too.
  base::Status named(Kind kind, size_t prefix) {
    size_t end = at_ + std::max<size_t>(prefix, 1);
    while (end < text_.size() && is_name(text_[end])) ++end;
    const std::string name(text_.substr(at_ + prefix, end - at_ - prefix));
    constexpr std::string_view kMayFollow = " \t\r\n.,|:=()}";
    if (end < text_.size() && kMayFollow.find(text_[end]) == std::string_view::npos) {
      return fail("bad character '" + std::string(1, text_[end]) + "' after " + name);
    }
    add(kind, name);
    advance(end - at_);
    return {};
  }

  base::Status quoted() {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size() || text_[end] != '"') return fail("unterminated quoted string");
    const auto content = codec::parse_json(text_.substr(at_, end + 1 - at_));  // the escapes that JSON has are Go's
    if (!content.ok()) return fail("this string is not there: " + content.error().message());
    add(Kind::string, content->as_string());
    advance(end + 1 - at_);
    return {};
  }

  base::Status raw() {
    const size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return fail("unterminated raw quoted string");
    add(Kind::string, std::string(text_.substr(at_ + 1, end - at_ - 1)));
    advance(end + 1 - at_);
    return {};
  }

  base::Status number() {
    size_t end = at_ + 1;
    while (end < text_.size() && (is_name(text_[end]) || text_[end] == '.')) ++end;
    add(Kind::number, std::string(text_.substr(at_, end - at_)));
    advance(end - at_);
    return {};
  }

  const std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  bool spaced_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

base::Error error_at(int line, const std::string& message) {
  return base::invalid("template:" + std::to_string(line) + ": " + message);
}

base::Result<std::vector<Token>> read_tokens(std::string_view text) {
  if (text.size() > kTextBytesMax) return base::invalid("the template is longer than " + std::to_string(kTextBytesMax) + " bytes");
  return Lexer(text).all();
}

}  // namespace bao::text_template
