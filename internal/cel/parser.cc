#include "internal/cel/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "internal/cel/lexer.h"
#include "internal/cel/limits.h"
#include "internal/cel/macros.h"
#include "internal/cel/syntax_error.h"

namespace bao::cel {

std::string dotted_name(const Node& node) {
  if (const auto* identifier = std::get_if<Identifier>(&node.content)) return identifier->name;
  const auto* select = std::get_if<Select>(&node.content);
  if (select == nullptr || select->test || select->optional) return "";
  const std::string before = dotted_name(*select->operand);
  return before.empty() ? "" : before + "." + select->field;
}

namespace {

using Kind = Token::Kind;
using Parsed = base::Result<NodePointer>;

constexpr char kOperandExpected[] =
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

constexpr std::array<std::string_view, 17> kReserved = {"as",     "break", "const",   "continue", "else",    "for",    "function", "if",  "import",
                                                        "let",    "loop",  "package", "namespace", "return", "var",    "void",     "while"};

bool is_reserved(std::string_view word) {
  return !word.empty() && std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end();
}

// Operators of two sides, by how strongly they bind.
constexpr std::array<std::array<std::string_view, 7>, 3> kLevels = {
    {{"<", "<=", ">=", ">", "==", "!=", "in"}, {"+", "-"}, {"*", "/", "%"}}};

std::string function_of(std::string_view symbol) {
  if (symbol == "in") return "@in";
  return "_" + std::string(symbol) + "_";
}

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

  Parsed run() {
    ASSIGN_OR_RETURN(NodePointer root, expression());
    if (here().kind != Kind::end) return unexpected("<EOF>");
    return root;
  }

 private:
  const Token& here() const { return tokens_[at_]; }
  const Token& next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool take(std::string_view symbol) {
    if (!here().is(symbol)) return false;
    ++at_;
    return true;
  }
  base::Error error(size_t offset, const std::string& message) const { return error_at(source_, offset, message); }

  // As ANTLR tells: a token too many, where the one after it would do, or one that doesn't fit.
  base::Error unexpected(const std::string& expected) const {
    const bool extraneous = expected == "<EOF>" ? here().kind != Kind::end && next().kind == Kind::end : false;
    return error(here().offset, std::string("Syntax error: ") + (extraneous ? "extraneous input '" : "mismatched input '") +
                                    std::string(here().text) + "' expecting " + expected);
  }
  base::Status expect(std::string_view symbol) {
    if (take(symbol)) return {};
    return unexpected("'" + std::string(symbol) + "'");
  }

  template <typename Content>
  Parsed node(size_t offset, Content content, int depth_below) {
    if (depth_below >= kTreeDepthMax) return error(offset, "expression recursion limit exceeded: " + std::to_string(kTreeDepthMax));
    auto made = std::make_unique<Node>();
    made->content = std::move(content);
    made->offset = offset;
    made->depth = depth_below + 1;
    return NodePointer(std::move(made));
  }
  Parsed call(size_t offset, std::string function, NodePointer target, std::vector<NodePointer> arguments) {
    int depth = target == nullptr ? 0 : target->depth;
    for (const NodePointer& argument : arguments) depth = std::max(depth, argument->depth);
    auto expanded = expand_macro({std::move(function), std::move(target), std::move(arguments)});
    if (!expanded.ok()) return error(offset, expanded.error().message());
    return std::visit([&](auto&& content) { return node(offset, std::move(content), depth + 1); }, *std::move(expanded));
  }
  Parsed operation(size_t offset, std::string function, NodePointer left, NodePointer right) {
    const int depth = std::max(left->depth, right == nullptr ? 0 : right->depth);
    CallNode made{std::move(function), nullptr, {}};
    made.arguments.push_back(std::move(left));
    if (right != nullptr) made.arguments.push_back(std::move(right));
    return node(offset, std::move(made), depth);
  }

  Parsed expression() {
    if (++nesting_ > kNestingMax) return error(here().offset, "expression recursion limit exceeded: " + std::to_string(kNestingMax));
    auto parsed = conditional();
    --nesting_;
    return parsed;
  }

  Parsed conditional() {
    ASSIGN_OR_RETURN(NodePointer condition, chain("||"));
    const size_t offset = here().offset;
    if (!take("?")) return condition;
    ASSIGN_OR_RETURN(NodePointer yes, chain("||"));
    TRY(expect(":"));
    ASSIGN_OR_RETURN(NodePointer no, expression());
    const int depth = std::max({condition->depth, yes->depth, no->depth});
    CallNode made{"_?_:_", nullptr, {}};
    made.arguments.push_back(std::move(condition));
    made.arguments.push_back(std::move(yes));
    made.arguments.push_back(std::move(no));
    return node(offset, std::move(made), depth);
  }

  // a || b || c is one node, however long.
  Parsed chain(std::string_view symbol) {
    const bool is_or = symbol == "||";
    const auto part = [this, is_or] { return is_or ? chain("&&") : binary(0); };
    ASSIGN_OR_RETURN(NodePointer first, part());
    if (!here().is(symbol)) return first;
    CallNode made{function_of(symbol), nullptr, {}};
    const size_t offset = here().offset;
    int depth = first->depth;
    made.arguments.push_back(std::move(first));
    while (take(symbol)) {
      ASSIGN_OR_RETURN(NodePointer more, part());
      depth = std::max(depth, more->depth);
      made.arguments.push_back(std::move(more));
    }
    return node(offset, std::move(made), depth);
  }

  Parsed binary(size_t level) {
    if (level == kLevels.size()) return unary();
    ASSIGN_OR_RETURN(NodePointer left, binary(level + 1));
    const auto& symbols = kLevels[level];
    while (here().kind == Kind::symbol && std::find(symbols.begin(), symbols.end(), here().text) != symbols.end()) {
      const Token token = here();
      ++at_;
      ASSIGN_OR_RETURN(NodePointer right, binary(level + 1));
      ASSIGN_OR_RETURN(left, operation(token.offset, function_of(token.text), std::move(left), std::move(right)));
    }
    return left;
  }

  Parsed unary() {
    const Token first = here();
    if (!first.is("!") && !first.is("-")) return member();
    const bool negated_number = first.is("-") && (next().kind == Kind::integer || next().kind == Kind::floating);
    if (negated_number) return member();
    size_t count = 0;
    while (take(first.text)) ++count;
    ASSIGN_OR_RETURN(NodePointer operand, member());
    if (count % 2 == 0) return operand;
    return operation(first.offset, first.is("!") ? "!_" : "-_", std::move(operand), nullptr);
  }

  Parsed member() {
    ASSIGN_OR_RETURN(NodePointer left, primary());
    for (;;) {
      const size_t offset = here().offset;
      if (take(".")) {
        ASSIGN_OR_RETURN(left, after_dot(offset, std::move(left)));
      } else if (take("[")) {
        const bool optional = take("?");
        ASSIGN_OR_RETURN(NodePointer index, expression());
        TRY(expect("]"));
        ASSIGN_OR_RETURN(left, operation(offset, optional ? "_[?_]" : "_[_]", std::move(left), std::move(index)));
      } else {
        return left;
      }
    }
  }

  Parsed after_dot(size_t offset, NodePointer operand) {
    const bool optional = take("?");
    const Token name = here();
    if (name.kind != Kind::identifier && name.kind != Kind::quoted_identifier) return unexpected("IDENTIFIER");
    ++at_;
    if (!optional && name.kind == Kind::identifier && here().is("(")) {
      const size_t open = here().offset;
      ASSIGN_OR_RETURN(std::vector<NodePointer> arguments, call_arguments());
      return call(open, std::string(name.text), std::move(operand), std::move(arguments));
    }
    const int depth = operand->depth;
    return node(offset, Select{std::move(operand), field_name(name), false, optional}, depth);
  }

  static std::string field_name(const Token& name) {
    return std::string(name.kind == Kind::quoted_identifier ? name.text.substr(1, name.text.size() - 2) : name.text);
  }

  base::Result<std::vector<NodePointer>> call_arguments() {
    TRY(expect("("));
    std::vector<NodePointer> arguments;
    if (take(")")) return arguments;
    do {
      ASSIGN_OR_RETURN(NodePointer argument, expression());
      arguments.push_back(std::move(argument));
    } while (take(","));
    TRY(expect(")"));
    return arguments;
  }

  Parsed primary() {
    const Token token = here();
    switch (token.kind) {
      case Kind::integer:
      case Kind::unsigned_integer:
      case Kind::floating: return number(false);
      case Kind::string:
      case Kind::bytes: return text();
      case Kind::identifier: return name();
      default: break;
    }
    if (token.is("-")) return number(true);
    if (token.is(".")) return name();
    if (token.is("[")) return list();
    if (token.is("{")) return map();
    if (token.is("true") || token.is("false") || token.is("null")) {
      ++at_;
      return node(token.offset, Literal{token.is("null") ? Value() : Value(token.is("true"))}, 0);
    }
    if (!take("(")) return unexpected(kOperandExpected);
    ASSIGN_OR_RETURN(NodePointer inner, expression());
    TRY(expect(")"));
    return inner;
  }

  Parsed number(bool negative) {
    const size_t offset = here().offset;
    if (negative) ++at_;
    const Token token = here();
    if (token.kind == Kind::floating) {
      ++at_;
      double parsed = 0;
      const auto end = std::from_chars(token.text.data(), token.text.data() + token.text.size(), parsed);
      if (end.ec != std::errc()) return error(offset, "invalid double literal");
      return node(offset, Literal{Value(negative ? -parsed : parsed)}, 0);
    }
    const bool is_unsigned = token.kind == Kind::unsigned_integer;
    if (token.kind != Kind::integer && !(is_unsigned && !negative)) return unexpected(kOperandExpected);
    ++at_;
    std::string_view digits = token.text;
    if (is_unsigned) digits.remove_suffix(1);
    const bool hexadecimal = digits.starts_with("0x");
    if (hexadecimal) digits.remove_prefix(2);
    uint64_t parsed = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), parsed, hexadecimal ? 16 : 10);
    const uint64_t limit = is_unsigned ? UINT64_MAX : static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (end.ec != std::errc() || parsed > limit) return error(offset, is_unsigned ? "invalid uint literal" : "invalid int literal");
    if (is_unsigned) return node(offset, Literal{Value(parsed)}, 0);
    return node(offset, Literal{Value(static_cast<int64_t>(negative ? 0 - parsed : parsed))}, 0);
  }

  Parsed text() {
    const Token token = here();
    ++at_;
    auto content = text_of_literal(token.text);
    if (!content.ok()) return error(token.offset, content.error().message());
    return node(token.offset, Literal{token.kind == Kind::bytes ? Value(Bytes{*std::move(content)}) : Value(*std::move(content))}, 0);
  }

  // An identifier, a call of a function, or a message: a.b.C{…}.
  Parsed name() {
    const size_t offset = here().offset;
    std::string full = take(".") ? "." : "";
    const Token token = here();
    if (token.kind != Kind::identifier) return unexpected("IDENTIFIER");
    if (const auto length = message_name_length()) {
      for (size_t i = 0; i < *length; ++i) full += tokens_[at_ + i].text;
      at_ += *length;
      return message(offset, full);
    }
    ++at_;
    if (is_reserved(token.text)) return error(offset, "reserved identifier: " + std::string(token.text));
    full += token.text;
    if (!here().is("(")) return node(offset, Identifier{std::move(full)}, 0);
    const size_t open = here().offset;
    ASSIGN_OR_RETURN(std::vector<NodePointer> arguments, call_arguments());
    return call(open, std::move(full), nullptr, std::move(arguments));
  }

  // How many tokens from here name a message that is made, if one is.
  std::optional<size_t> message_name_length() const {
    size_t length = 1;
    const auto token = [this](size_t ahead) -> const Token& { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; };
    while (token(length).is(".") && token(length + 1).kind == Kind::identifier) length += 2;
    return token(length).is("{") ? std::optional(length) : std::nullopt;
  }

  // What `one` reads, again and again with commas between (and one after the last, if need be), up to `end`.
  template <typename One>
  base::Status separated(std::string_view end, One one) {
    while (!here().is(end)) {
      TRY(one());
      if (!take(",")) break;
    }
    return expect(end);
  }

  Parsed message(size_t offset, const std::string& type) {
    TRY(expect("{"));
    MessageNode made{type, {}};
    int depth = 0;
    const auto one_field = [&]() -> base::Status {
      MessageNode::Field field;
      field.optional = take("?");
      if (here().kind != Kind::identifier && here().kind != Kind::quoted_identifier) return unexpected("{'}', ',', IDENTIFIER, ESC_IDENTIFIER}");
      field.name = field_name(here());
      ++at_;
      field.offset = here().offset;
      TRY(expect(":"));
      ASSIGN_OR_RETURN(field.value, expression());
      depth = std::max(depth, field.value->depth);
      made.fields.push_back(std::move(field));
      return {};
    };
    TRY(separated("}", one_field));
    return node(offset, std::move(made), depth);
  }

  Parsed list() {
    const size_t offset = here().offset;
    TRY(expect("["));
    ListNode made;
    int depth = 0;
    const auto one_item = [&]() -> base::Status {
      const bool optional = take("?");
      ASSIGN_OR_RETURN(NodePointer item, expression());
      depth = std::max(depth, item->depth);
      made.items.emplace_back(std::move(item), optional);
      return {};
    };
    TRY(separated("]", one_item));
    return node(offset, std::move(made), depth);
  }

  Parsed map() {
    const size_t offset = here().offset;
    TRY(expect("{"));
    MapNode made;
    int depth = 0;
    const auto one_entry = [&]() -> base::Status {
      MapNode::Entry entry;
      entry.optional = take("?");
      ASSIGN_OR_RETURN(entry.key, expression());
      TRY(expect(":"));
      ASSIGN_OR_RETURN(entry.value, expression());
      depth = std::max({depth, entry.key->depth, entry.value->depth});
      made.entries.push_back(std::move(entry));
      return {};
    };
    TRY(separated("}", one_entry));
    return node(offset, std::move(made), depth);
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

Parsed parse(std::string_view source) {
  if (source.size() > kExpressionBytesMax) {
    return base::invalid("expression code point size exceeds limit: size: " + std::to_string(source.size()) + ", limit " +
                         std::to_string(kExpressionBytesMax));
  }
  ASSIGN_OR_RETURN(std::vector<Token> tokens, tokens_of(source));
  return Parser(source, std::move(tokens)).run();
}

}  // namespace bao::cel
