// From HCL tokens to the tree, with the comments that the formatter needs.
#include <set>

#include "internal/base/limits.h"
#include "internal/codec/hcl_scanner.h"
#include "internal/codec/hcl_syntax.h"
#include "internal/codec/json.h"

namespace bao::codec::hcl {
namespace {

enum class Outcome { ok, end_of_text, failed };

class Parser {
 public:
  Parser(std::string_view text, Duplicates duplicates) : scanner_(text), duplicates_(duplicates) {}

  base::Status parse(File& file) {
    const Outcome outcome = items(file.items, false);
    if (const auto& error = scanner_.error(); error) return error_at(error->first, error->second);
    if (outcome == Outcome::failed) return *error_;
    file.comments = std::move(comments_);
    return {};
  }

 private:
  Outcome fail(const Position& position, std::string_view message) {
    error_ = error_at(position, message);
    return Outcome::failed;
  }

  Outcome fail_duplicate(const Token& key) {
    std::string shown;
    write_json_string_to(shown, key.text);
    error_ = base::invalid("The argument " + shown + " at " + key.position.text() +
                           " was already set. Each argument can only be defined once");
    return Outcome::failed;
  }

  // Items up to the end of the text, or up to the '}' (not read) of an object.
  Outcome items(std::vector<Item>& out, bool inside) {
    std::set<std::string_view> assigned;
    while (true) {
      if (inside && peek().kind == TokenKind::rbrace) return Outcome::ok;
      Item item;
      const Outcome outcome = this->item(item);
      if (outcome == Outcome::end_of_text) return Outcome::ok;
      if (outcome == Outcome::failed) return outcome;
      if (duplicates_ == Duplicates::refuse && item.assign.valid() && !assigned.insert(item.keys.front().text).second) {
        return fail_duplicate(item.keys.front());
      }
      out.push_back(std::move(item));
      if (scan().kind != TokenKind::comma) unscan();
    }
  }

  Outcome item(Item& out) {
    Outcome outcome = keys(out.keys);
    if (!out.keys.empty() && outcome == Outcome::end_of_text) outcome = Outcome::ok;  // a value is missing: said below
    if (!out.keys.empty() && outcome == Outcome::failed && token_.kind == TokenKind::rbrace) {
      outcome = Outcome::ok;
      token_.kind = TokenKind::eof;
    }
    if (outcome != Outcome::ok) return outcome;
    out.lead = std::exchange(lead_, nullptr);
    if (token_.kind == TokenKind::assign) {
      out.assign = token_.position;
      outcome = value(out.value);
    } else if (token_.kind == TokenKind::lbrace) {
      outcome = object(out.value);
    } else {
      return fail(token_.position,
                  "key '" + joined(out.keys) + "' expected start of object ('{') or assignment ('=')");
    }
    if (outcome != Outcome::ok) return outcome;
    if (line_ != nullptr) out.line = std::exchange(line_, nullptr);
    scan();  // finds a comment behind the value
    if (out.value.position().line == out.position().line && line_ != nullptr) {
      out.line = std::exchange(line_, nullptr);
    }
    unscan();
    return Outcome::ok;
  }

  static std::string joined(const std::vector<Token>& keys) {
    std::string text;
    for (const Token& key : keys) text += (text.empty() ? "" : " ") + std::string(key.text);
    return text;
  }

  Outcome keys(std::vector<Token>& out) {
    while (true) {
      const Token token = scan();
      switch (token.kind) {
        case TokenKind::eof: return Outcome::end_of_text;
        case TokenKind::ident:
        case TokenKind::string: out.push_back(token); break;
        case TokenKind::assign:
          if (out.size() == 1) return Outcome::ok;
          if (out.empty()) return fail(token.position, "no object keys found!");
          out.clear();
          return fail(token.position, "nested object expected: LBRACE got: ASSIGN");
        case TokenKind::lbrace:
          if (!out.empty()) return Outcome::ok;
          return fail(token.position, "expected: IDENT | STRING got: LBRACE");
        case TokenKind::illegal: return fail(token.position, "illegal character");
        default:
          return fail(token.position, "expected: IDENT | STRING | ASSIGN | LBRACE got: " +
                                          std::string(token_kind_name(token.kind)));
      }
    }
  }

  Outcome value(Node& out) {
    const Token token = scan();
    switch (token.kind) {
      case TokenKind::number:
      case TokenKind::floating:
      case TokenKind::boolean:
      case TokenKind::string:
      case TokenKind::heredoc: out.token = token; return Outcome::ok;
      case TokenKind::lbrace: return object(out);
      case TokenKind::lbrack: return list(out);
      case TokenKind::eof: return Outcome::end_of_text;
      default:
        return fail(token.position, "Unknown token: " + token.position.text() + " " +
                                        std::string(token_kind_name(token.kind)) + " " + std::string(token.text));
    }
  }

  Outcome enter(const Position& position) {
    if (++depth_ <= base::kHclDepthMax) return Outcome::ok;
    return fail(position, "nested too deeply");
  }

  // The '{' was read.
  Outcome object(Node& out) {
    out.kind = Node::Kind::object;
    out.begin = token_.position;
    if (const Outcome outcome = enter(out.begin); outcome != Outcome::ok) return outcome;
    if (const Outcome outcome = items(out.items, true); outcome != Outcome::ok) return outcome;
    if (const Token token = scan(); token.kind != TokenKind::rbrace) {
      return fail(token.position,
                  "object expected closing RBRACE got: " + std::string(token_kind_name(token.kind)));
    }
    out.end = token_.position;
    --depth_;
    return Outcome::ok;
  }

  // The '[' was read.
  Outcome list(Node& out) {
    out.kind = Node::Kind::list;
    out.begin = token_.position;
    if (const Outcome outcome = enter(out.begin); outcome != Outcome::ok) return outcome;
    for (bool need_comma = false;;) {
      const Token token = scan();
      if (token.kind == TokenKind::rbrack) break;
      if (need_comma && token.kind != TokenKind::comma) {
        return fail(token.position, "error parsing list, expected comma or list end, got: " +
                                        std::string(token_kind_name(token.kind)));
      }
      if (token.kind == TokenKind::comma) {
        comment_behind_comma(out);
        need_comma = false;
        continue;
      }
      if (const Outcome outcome = list_item(out, token); outcome != Outcome::ok) return outcome;
      need_comma = token.kind != TokenKind::lbrack;
    }
    out.end = token_.position;
    --depth_;
    return Outcome::ok;
  }

  void comment_behind_comma(Node& list) {
    scan();
    if (line_ != nullptr && !list.list.empty() && list.list.back().kind == Node::Kind::literal) {
      list.list.back().line = std::exchange(line_, nullptr);
    }
    unscan();
  }

  Outcome list_item(Node& list, const Token& token) {
    Node node;
    switch (token.kind) {
      case TokenKind::boolean:
      case TokenKind::number:
      case TokenKind::floating:
      case TokenKind::string:
      case TokenKind::heredoc:
        node.token = token;
        node.lead = std::exchange(lead_, nullptr);
        break;
      case TokenKind::lbrace:
        if (object(node) == Outcome::failed) {
          return fail(token.position, "error while trying to parse object within list: " + error_->message());
        }
        break;
      case TokenKind::lbrack:
        if (this->list(node) == Outcome::failed) {
          return fail(token.position, "error while trying to parse list within list: " + error_->message());
        }
        break;
      default:
        return fail(token.position,
                    "unexpected token while parsing list: " + std::string(token_kind_name(token.kind)));
    }
    list.list.push_back(std::move(node));
    return Outcome::ok;
  }

  // The next token that is no comment. Comments that directly precede or follow a token are remembered for it.
  const Token& scan() {
    if (buffered_) {
      buffered_ = false;
      return token_;
    }
    const int previous_line = token_.position.line;
    token_ = scanner_.scan();
    if (token_.kind != TokenKind::comment) return token_;
    CommentGroup group;
    int end_line = -1;
    if (token_.position.line == previous_line) {
      group = comment_group(0, end_line);
      if (token_.position.line != end_line) line_ = group;
    }
    end_line = -1;
    while (token_.kind == TokenKind::comment) group = comment_group(1, end_line);
    const bool closes = token_.kind == TokenKind::rbrace || token_.kind == TokenKind::rbrack;
    if (end_line + 1 == token_.position.line && !closes) lead_ = group;
    return token_;
  }
  void unscan() { buffered_ = true; }
  const Token& peek() {
    const Token& token = scan();
    unscan();
    return token;
  }

  // Comments with at most `gap` line ends between them.
  CommentGroup comment_group(int gap, int& end_line) {
    auto group = std::make_shared<std::vector<Comment>>();
    end_line = token_.position.line;
    while (token_.kind == TokenKind::comment && token_.position.line <= end_line + gap) {
      end_line = token_.position.line;
      if (token_.text.substr(0, 2) == "/*") {
        for (const char c : token_.text) end_line += c == '\n' ? 1 : 0;
      }
      group->push_back({token_.position, token_.text});
      token_ = scanner_.scan();
    }
    comments_.push_back(group);
    return group;
  }

  Scanner scanner_;
  const Duplicates duplicates_;
  Token token_;
  bool buffered_ = false;
  size_t depth_ = 0;
  std::vector<CommentGroup> comments_;
  CommentGroup lead_, line_;
  std::optional<base::Error> error_;
};

std::string with_unix_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i];
  }
  return out;
}

}  // namespace

std::string Position::text() const {
  return valid() ? std::to_string(line) + ":" + std::to_string(column) : "-";
}

base::Error error_at(const Position& position, std::string_view message) {
  return base::invalid("At " + position.text() + ": " + std::string(message));
}

std::string_view token_kind_name(TokenKind kind) {
  switch (kind) {
    case TokenKind::illegal: return "ILLEGAL";
    case TokenKind::eof: return "EOF";
    case TokenKind::comment: return "COMMENT";
    case TokenKind::ident: return "IDENT";
    case TokenKind::number: return "NUMBER";
    case TokenKind::floating: return "FLOAT";
    case TokenKind::boolean: return "BOOL";
    case TokenKind::string: return "STRING";
    case TokenKind::heredoc: return "HEREDOC";
    case TokenKind::lbrack: return "LBRACK";
    case TokenKind::lbrace: return "LBRACE";
    case TokenKind::comma: return "COMMA";
    case TokenKind::period: return "PERIOD";
    case TokenKind::rbrack: return "RBRACK";
    case TokenKind::rbrace: return "RBRACE";
    case TokenKind::assign: return "ASSIGN";
    case TokenKind::add: return "ADD";
    case TokenKind::sub: return "SUB";
    case TokenKind::null: return "NULL";
    case TokenKind::colon: return "COLON";
  }
  return "";
}

base::Result<File> parse_native(std::string_view text, Duplicates duplicates) {
  File file;
  file.source = std::make_unique<const std::string>(with_unix_line_ends(text));
  TRY(Parser(*file.source, duplicates).parse(file));
  return file;
}

}  // namespace bao::codec::hcl
