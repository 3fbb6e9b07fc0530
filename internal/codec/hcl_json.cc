// JSON where HCL is expected, read as forgivingly as the reference reads it: closing braces may be missing, what follows
// the object is not looked at, booleans and brackets inside lists are passed over.
#include "internal/base/limits.h"
#include "internal/codec/encoding.h"
#include "internal/codec/hcl_scanner.h"
#include "internal/codec/hcl_syntax.h"

namespace bao::codec::hcl {
namespace {

enum class Outcome { ok, end_of_text, failed };

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : reader_(text, Reader::Nul::ends) {}

  Token scan() {
    char32_t c = reader_.next();
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') c = reader_.next();
    Token token;
    const size_t start = reader_.at().offset - reader_.last_length();
    token.position = reader_.recent();
    token.kind = scan_kind(c);
    token.text = reader_.text().substr(start, reader_.at().offset - start);
    token.json = token.kind == TokenKind::string;
    if (token.kind == TokenKind::ident) name_literal(token);
    return token;
  }
  const std::optional<std::pair<Position, std::string>>& error() const { return reader_.error(); }

 private:
  void name_literal(Token& token) {
    if (token.text == "true" || token.text == "false") token.kind = TokenKind::boolean;
    else if (token.text == "null") token.kind = TokenKind::null;
    else {
      reader_.fail("illegal char");
      token.kind = TokenKind::illegal;
    }
  }

  TokenKind scan_kind(char32_t c) {
    if (is_letter(c)) {
      do c = reader_.next();
      while (is_letter(c) || is_digit(c) || c == '-');
      if (c != 0) reader_.unread();
      return TokenKind::ident;
    }
    if (is_decimal(c)) return scan_number(c);
    switch (c) {
      case 0: return TokenKind::eof;
      case '"': scan_string(); return TokenKind::string;
      case '[': return TokenKind::lbrack;
      case ']': return TokenKind::rbrack;
      case '{': return TokenKind::lbrace;
      case '}': return TokenKind::rbrace;
      case ',': return TokenKind::comma;
      case ':': return TokenKind::colon;
      case '.':
        if (!is_decimal(reader_.peek())) return TokenKind::period;
        scan_exponent(reader_, scan_mantissa(reader_, reader_.peek()));
        return TokenKind::floating;
      case '-':
        if (is_decimal(reader_.peek())) return scan_number(reader_.next());
        [[fallthrough]];
      default: return illegal(c);
    }
  }

  TokenKind illegal(char32_t c) {
    const size_t end = reader_.at().offset;
    const std::string shown = valid_utf8(reader_.text().substr(end - reader_.last_length(), reader_.last_length()));
    reader_.fail(c == '-' ? "illegal char" : "illegal char: " + shown);
    return TokenKind::illegal;
  }

  TokenKind scan_number(char32_t c) {
    const bool zero = c == '0';
    const size_t start = reader_.at().offset;
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
    if (zero && reader_.at().offset != start) reader_.fail("numbers cannot start with 0");
    return TokenKind::number;
  }

  void scan_string() {
    while (true) {
      const char32_t c = reader_.next();
      if (c == '\n' || c == 0) return reader_.fail("literal not terminated");
      if (c == '"') return;
      if (c == '\\') scan_escape(reader_);
    }
  }

  Reader reader_;
};

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : scanner_(text) {}

  base::Status parse(File& file) {
    Node root;
    Outcome outcome = Outcome::failed;
    if (scan().kind == TokenKind::lbrace) outcome = object(root);
    else fail("Expected object, got unknown token: " + shown());
    if (const auto& error = scanner_.error(); error) {
      return base::invalid(error->first.text() + ": " + error->second);
    }
    if (outcome == Outcome::failed) return base::invalid(error_);
    file.items = std::move(root.items);
    return {};
  }

 private:
  Outcome fail(std::string message) {
    error_ = std::move(message);
    return Outcome::failed;
  }
  std::string shown() const {
    return token_.position.text() + " " + std::string(token_kind_name(token_.kind)) + " " + std::string(token_.text);
  }
  const Token& scan() { return token_ = scanner_.scan(); }

  Outcome object(Node& out) {
    out.kind = Node::Kind::object;
    if (++depth_ > base::kHclDepthMax) return fail("nested too deeply");
    Outcome outcome = Outcome::ok;
    do {
      Item item;
      outcome = this->item(item);
      if (outcome == Outcome::ok) out.items.push_back(std::move(item));
    } while (outcome == Outcome::ok && scan().kind == TokenKind::comma);
    --depth_;
    // An error at a '}' only ends the object: `{}` and `{"a": 1,}`.
    return outcome == Outcome::failed && token_.kind != TokenKind::rbrace ? outcome : Outcome::ok;
  }

  Outcome item(Item& out) {
    while (scan().kind != TokenKind::colon) {
      if (token_.kind == TokenKind::eof) return Outcome::end_of_text;
      if (token_.kind == TokenKind::illegal) return fail("illegal");
      if (token_.kind != TokenKind::string) {
        return fail("expected: STRING got: " + std::string(token_kind_name(token_.kind)));
      }
      out.keys.push_back(token_);
    }
    if (out.keys.empty()) return fail("expected: STRING got: COLON");
    out.assign = token_.position;
    return value(out.value);
  }

  Outcome value(Node& out) {
    switch (scan().kind) {
      case TokenKind::number:
      case TokenKind::floating:
      case TokenKind::boolean:
      case TokenKind::null:
      case TokenKind::string: out.token = token_; return Outcome::ok;
      case TokenKind::lbrace: return object(out);
      case TokenKind::lbrack: return list(out);
      case TokenKind::eof: return Outcome::end_of_text;
      default: return fail("Expected object value, got unknown token: " + shown());
    }
  }

  Outcome list(Node& out) {
    out.kind = Node::Kind::list;
    while (scan().kind != TokenKind::rbrack) {
      Node node;
      switch (token_.kind) {
        case TokenKind::comma:
        case TokenKind::boolean:
        case TokenKind::lbrack: continue;
        case TokenKind::number:
        case TokenKind::floating:
        case TokenKind::string: node.token = token_; break;
        case TokenKind::lbrace:
          if (const Outcome outcome = object(node); outcome != Outcome::ok) return outcome;
          break;
        default:
          return fail("unexpected token while parsing list: " + std::string(token_kind_name(token_.kind)));
      }
      out.list.push_back(std::move(node));
    }
    return Outcome::ok;
  }

  JsonScanner scanner_;
  Token token_;
  size_t depth_ = 0;
  std::string error_;
};

bool all_objects(const std::vector<Node>& list) {
  for (const Node& node : list) {
    if (node.kind != Node::Kind::object) return false;
  }
  return !list.empty();
}

bool all_objects(const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (item.value.kind != Node::Kind::object) return false;
  }
  return !items.empty();
}

void unfold(Item item, std::vector<Item>& out) {
  if (item.value.kind == Node::Kind::object && all_objects(item.value.items)) {
    for (Item& inner : item.value.items) {
      Item labelled;
      labelled.keys = item.keys;
      labelled.keys.insert(labelled.keys.end(), inner.keys.begin(), inner.keys.end());
      labelled.assign = item.assign;
      labelled.value = std::move(inner.value);
      unfold(std::move(labelled), out);
    }
  } else if (item.value.kind == Node::Kind::list && all_objects(item.value.list)) {
    for (Node& node : item.value.list) {
      Item one;
      one.keys = item.keys;
      one.assign = item.assign;
      one.value = std::move(node);
      unfold(std::move(one), out);
    }
  } else {
    out.push_back(std::move(item));
  }
}

void unfold_all(std::vector<Item>& items) {
  std::vector<Item> out;
  for (Item& item : items) unfold(std::move(item), out);
  items = std::move(out);
  for (Item& item : items) {
    unfold_all(item.value.items);
    for (Node& node : item.value.list) unfold_all(node.items);
  }
}

}  // namespace

base::Result<File> parse_as_json(std::string_view text) {
  File file;
  file.source = std::make_unique<const std::string>(text);
  TRY(JsonParser(*file.source).parse(file));
  unfold_all(file.items);
  return file;
}

}  // namespace bao::codec::hcl
