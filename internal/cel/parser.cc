#include "internal/cel/parser.h"

#include <algorithm>
#include <array>

#include "internal/cel/literal.h"
#include "internal/cel/limits.h"
#include "internal/cel/node_maker.h"
#include "internal/cel/token_cursor.h"

namespace bao::cel {

namespace {

using Kind = Token::Kind;

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

class Parser : TokenCursor {
 public:
  Parser(std::string_view source, std::vector<Token> tokens) : TokenCursor(source, std::move(tokens)), make_(source) {}

  Parsed run() {
    ASSIGN_OR_RETURN(NodePointer root, expression());
    if (here().kind != Kind::end) return unexpected("<EOF>");
    return root;
  }

 private:
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
    return make_.node(offset, std::move(made), depth);
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
    return make_.node(offset, std::move(made), depth);
  }

  Parsed binary(size_t level) {
    if (level == kLevels.size()) return unary();
    ASSIGN_OR_RETURN(NodePointer left, binary(level + 1));
    const auto& symbols = kLevels[level];
    while (here().kind == Kind::symbol && std::find(symbols.begin(), symbols.end(), here().text) != symbols.end()) {
      const Token token = here();
      skip(1);
      ASSIGN_OR_RETURN(NodePointer right, binary(level + 1));
      ASSIGN_OR_RETURN(left, make_.operation(token.offset, function_of(token.text), std::move(left), std::move(right)));
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
    return make_.operation(first.offset, first.is("!") ? "!_" : "-_", std::move(operand), nullptr);
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
        ASSIGN_OR_RETURN(left, make_.operation(offset, optional ? "_[?_]" : "_[_]", std::move(left), std::move(index)));
      } else {
        return left;
      }
    }
  }

  Parsed after_dot(size_t offset, NodePointer operand) {
    const bool optional = take("?");
    const Token name = here();
    if (name.kind != Kind::identifier && name.kind != Kind::quoted_identifier) return unexpected("IDENTIFIER");
    skip(1);
    if (!optional && name.kind == Kind::identifier && here().is("(")) {
      const size_t open = here().offset;
      ASSIGN_OR_RETURN(std::vector<NodePointer> arguments, call_arguments());
      return make_.call(open, std::string(name.text), std::move(operand), std::move(arguments));
    }
    const int depth = operand->depth;
    return make_.node(offset, Select{std::move(operand), field_name(name), false, optional}, depth);
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
      skip(1);
      return make_.node(token.offset, Literal{token.is("null") ? Value() : Value(token.is("true"))}, 0);
    }
    if (!take("(")) return unexpected(kOperandExpected);
    ASSIGN_OR_RETURN(NodePointer inner, expression());
    TRY(expect(")"));
    return inner;
  }

  Parsed number(bool negative) {
    const size_t offset = here().offset;
    if (negative) skip(1);
    const Token token = here();
    const bool is_number = token.kind == Kind::integer || token.kind == Kind::floating || (token.kind == Kind::unsigned_integer && !negative);
    if (!is_number) return unexpected(kOperandExpected);
    skip(1);
    return literal(offset, number_literal(token, negative));
  }

  Parsed text() {
    const Token token = here();
    skip(1);
    return literal(token.offset, text_literal(token));
  }

  Parsed literal(size_t offset, base::Result<Value> value) {
    if (!value.ok()) return error(offset, value.error().message());
    return make_.node(offset, Literal{*std::move(value)}, 0);
  }

  // An identifier, a call of a function, or a message: a.b.C{…}.
  Parsed name() {
    const size_t offset = here().offset;
    std::string full = take(".") ? "." : "";
    const Token token = here();
    if (token.kind != Kind::identifier) return unexpected("IDENTIFIER");
    if (const auto length = message_name_length()) {
      for (size_t i = 0; i < *length; ++i) full += ahead(i).text;
      skip(*length);
      return message(offset, full);
    }
    skip(1);
    if (is_reserved(token.text)) return error(offset, "reserved identifier: " + std::string(token.text));
    full += token.text;
    if (!here().is("(")) return make_.node(offset, Identifier{std::move(full)}, 0);
    const size_t open = here().offset;
    ASSIGN_OR_RETURN(std::vector<NodePointer> arguments, call_arguments());
    return make_.call(open, std::move(full), nullptr, std::move(arguments));
  }

  // How many tokens from here name a message that is made, if one is.
  std::optional<size_t> message_name_length() const {
    size_t length = 1;
    while (ahead(length).is(".") && ahead(length + 1).kind == Kind::identifier) length += 2;
    return ahead(length).is("{") ? std::optional(length) : std::nullopt;
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
      skip(1);
      field.offset = here().offset;
      TRY(expect(":"));
      ASSIGN_OR_RETURN(field.value, expression());
      depth = std::max(depth, field.value->depth);
      made.fields.push_back(std::move(field));
      return {};
    };
    TRY(separated("}", one_field));
    return make_.node(offset, std::move(made), depth);
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
    return make_.node(offset, std::move(made), depth);
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
    return make_.node(offset, std::move(made), depth);
  }

  const NodeMaker make_;
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
