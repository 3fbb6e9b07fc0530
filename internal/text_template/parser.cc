#include "internal/text_template/parser.h"

#include <algorithm>

#include "internal/text_template/functions.h"
#include "internal/text_template/limits.h"

namespace bao::text_template {
namespace {

using Kind = Token::Kind;
using codec::Json;

// What a list of nodes ends with.
enum class Ending { of_text, end, otherwise };

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  base::Result<Node> whole() {
    Node root;
    ASSIGN_OR_RETURN(const Ending ending, list(root.body));
    if (ending != Ending::of_text) return fail(ending == Ending::end ? "unexpected {{end}}" : "unexpected {{else}}");
    return root;
  }

 private:
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() { return tokens_[std::min(at_++, tokens_.size() - 1)]; }
  bool accept(Kind kind) {
    if (peek().kind != kind) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    if (peek().kind != Kind::word || peek().text != word) return false;
    ++at_;
    return true;
  }
  base::Error fail(const std::string& message) const { return error_at(peek().line, message); }
  base::Status expect(Kind kind, const char* what) { return accept(kind) ? base::Status() : base::Status(fail(std::string("expected ") + what)); }

  // Nodes until the word of {{end}} or {{else …}}, which is taken.
  base::Result<Ending> list(std::vector<Node>& out) {
    if (++depth_ > kNestingMax) return fail("nested too deeply");
    variables_.emplace_back();
    Ending ending = Ending::of_text;
    while (ending == Ending::of_text && peek().kind != Kind::end) {
      Node node;
      node.line = peek().line;
      if (peek().kind == Kind::text) {
        node.kind = Node::Kind::text;
        node.text = take().text;
      } else {
        TRY(expect(Kind::open, "an action"));
        if (accept_word("end")) ending = Ending::end;
        else if (accept_word("else")) ending = Ending::otherwise;
        else TRY(action(node));
      }
      if (ending == Ending::of_text) out.push_back(std::move(node));
    }
    variables_.pop_back();
    --depth_;
    return ending;
  }

  base::Status action(Node& node) {
    if (accept_word("if")) return block(node, Node::Kind::branch);
    if (accept_word("range")) return block(node, Node::Kind::range);
    if (accept_word("with")) return block(node, Node::Kind::with);
    for (const char* word : {"define", "template", "block"}) {
      if (accept_word(word)) return fail(std::string("{{") + word + "}} is not there");
    }
    const bool leaves = accept_word("break");
    if (leaves || accept_word("continue")) {
      if (loops_ == 0) return fail("{{break}} or {{continue}} outside {{range}}");
      node.kind = leaves ? Node::Kind::leave : Node::Kind::next;
      return expect(Kind::close, "the end of the action");
    }
    node.kind = Node::Kind::action;
    TRY(pipeline(node.pipeline, 1));
    return expect(Kind::close, "the end of the action");
  }

  base::Status block(Node& node, Node::Kind kind) {
    node.kind = kind;
    const bool loops = kind == Node::Kind::range;
    variables_.emplace_back();  // what the pipeline declares is known in both branches
    TRY(pipeline(node.pipeline, loops ? 2 : 1));
    TRY(expect(Kind::close, "the end of the action"));
    loops_ += loops ? 1 : 0;
    ASSIGN_OR_RETURN(Ending ending, list(node.body));
    loops_ -= loops ? 1 : 0;
    if (ending == Ending::otherwise) {
      ASSIGN_OR_RETURN(ending, otherwise(node));
    }
    variables_.pop_back();
    if (ending != Ending::end) return fail("unexpected end of the template: {{end}} is missing");
    return expect(Kind::close, "the end of the action");
  }

  // {{else}} … {{end}}, or {{else if …}}, which the same {{end}} ends.
  base::Result<Ending> otherwise(Node& node) {
    Node inner;
    inner.line = peek().line;
    const bool branches = node.kind == Node::Kind::branch && accept_word("if");
    if (!branches && !(node.kind == Node::Kind::with && accept_word("with"))) {
      TRY(expect(Kind::close, "the end of {{else}}"));
      ASSIGN_OR_RETURN(const Ending ending, list(node.otherwise));
      if (ending == Ending::otherwise) return fail("expected {{end}}, found {{else}}");
      return ending;
    }
    if (++depth_ > kNestingMax) return fail("nested too deeply");
    TRY(block(inner, node.kind));
    --depth_;
    node.otherwise.push_back(std::move(inner));
    --at_;  // block() took the end of the action, which ends this one too
    return Ending::end;
  }

  base::Status pipeline(Pipeline& out, size_t variables_max) {
    if (++depth_ > kNestingMax) return fail("nested too deeply");
    TRY(declaration(out, variables_max));
    do {
      Command command;
      TRY(this->command(command));
      const bool runs = command.operands.front().kind == Operand::Kind::function;
      if (!out.commands.empty() && !runs) return fail("non executable command in pipeline stage " + std::to_string(out.commands.size() + 1));
      out.commands.push_back(std::move(command));
    } while (accept(Kind::pipe));
    if (out.declares) variables_.back().insert(variables_.back().end(), out.variables.begin(), out.variables.end());
    --depth_;
    return {};
  }

  base::Status declaration(Pipeline& out, size_t variables_max) {
    if (peek().kind != Kind::variable) return {};
    const bool two = peek(1).kind == Kind::comma && peek(2).kind == Kind::variable;
    const Kind sign = peek(two ? 3 : 1).kind;
    if (sign != Kind::declare && sign != Kind::assign) return {};
    if ((two ? 2u : 1u) > variables_max) return fail("too many declarations");
    out.declares = sign == Kind::declare;
    out.variables.push_back(take().text);
    if (two) {
      ++at_;
      out.variables.push_back(take().text);
    }
    ++at_;
    for (const std::string& name : out.variables) {
      if (!out.declares && !is_known(name)) return fail("undefined variable \"" + name + "\"");
    }
    return {};
  }

  base::Status command(Command& out) {
    do {
      Operand operand;
      TRY(this->operand(operand));
      out.operands.push_back(std::move(operand));
    } while (peek().after_space && peek().kind != Kind::close && peek().kind != Kind::pipe && peek().kind != Kind::right_bracket);
    const bool runs = out.operands.front().kind == Operand::Kind::function;
    if (out.operands.size() > 1 && !runs) return fail("can't give argument to non-function");
    return {};
  }

  base::Status operand(Operand& out) {
    const Token& token = take();
    switch (token.kind) {
      case Kind::dot: return {};
      case Kind::field: out.fields.push_back(token.text); break;
      case Kind::variable:
        if (!is_known(token.text)) return error_at(token.line, "undefined variable \"" + token.text + "\"");
        out.kind = Operand::Kind::variable;
        out.name = token.text;
        break;
      case Kind::string: return literal(out, Json(token.text));
      case Kind::number: return number(out, token);
      case Kind::word: return word(out, token);
      case Kind::left_bracket: {
        auto inner = std::make_shared<Pipeline>();
        TRY(pipeline(*inner, 0));
        TRY(expect(Kind::right_bracket, "a closing bracket"));
        out.kind = Operand::Kind::pipeline;
        out.pipeline = std::move(inner);
        break;
      }
      default: return error_at(token.line, "missing value for command");
    }
    while (peek().kind == Kind::field && !peek().after_space) out.fields.push_back(take().text);
    return {};
  }

  static base::Status literal(Operand& out, Json value) {
    out.kind = Operand::Kind::literal;
    out.literal = std::move(value);
    return {};
  }

  static base::Status number(Operand& out, const Token& token) {
    const auto value = codec::parse_json(token.text.starts_with('+') ? token.text.substr(1) : token.text);
    if (!value.ok() || !value->is_number()) return error_at(token.line, "bad number syntax: \"" + token.text + "\"");
    return literal(out, *value);
  }

  static base::Status word(Operand& out, const Token& token) {
    if (token.text == "true" || token.text == "false") return literal(out, Json(token.text == "true"));
    if (token.text == "nil") return error_at(token.line, "nil is not a command");
    out.kind = Operand::Kind::function;
    out.function = find_function(token.text);
    if (out.function == nullptr) return error_at(token.line, "function \"" + token.text + "\" not defined");
    return {};
  }

  bool is_known(const std::string& name) const {
    return name == "$" || std::any_of(variables_.begin(), variables_.end(), [&](const auto& scope) {
             return std::find(scope.begin(), scope.end(), name) != scope.end();
           });
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0, loops_ = 0;
  std::vector<std::vector<std::string>> variables_;  // by scope
};

}  // namespace

base::Result<Node> parse_tokens(std::vector<Token> tokens) { return Parser(std::move(tokens)).whole(); }

}  // namespace bao::text_template
