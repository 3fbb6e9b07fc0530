// The syntax tree behind hcl.h and hcl_format.h: tokens as written, with positions and comments. Only this folder uses
// it. Plain values; the texts point into File::source.
//
// Grammar and wording of errors are those of HCL version 1 (openbao-cli.md, policies in openbao-api.md 2.4).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::codec::hcl {

// Lines and columns count from 1, columns in code points; line 0: nowhere.
struct Position {
  size_t offset = 0;
  int line = 0, column = 0;

  bool valid() const { return line > 0; }
  bool before(const Position& other) const { return other.offset > offset || other.line > line; }
  bool after(const Position& other) const { return other.offset < offset || other.line < line; }
  std::string text() const;  // "3:7", "-" when nowhere
};

enum class TokenKind {
  illegal, eof, comment, ident, number, floating, boolean, string, heredoc,
  lbrack, lbrace, comma, period, rbrack, rbrace, assign, add, sub,
  null, colon,  // JSON only
};
std::string_view token_kind_name(TokenKind kind);  // "IDENT", "LBRACE", …

struct Token {
  TokenKind kind = TokenKind::illegal;
  Position position;
  std::string_view text;
  bool json = false;  // a string with JSON's escapes
};

struct Comment {
  Position start;
  std::string_view text;
};
using CommentGroup = std::shared_ptr<std::vector<Comment>>;

struct Item;

struct Node {
  enum class Kind { literal, list, object };
  Kind kind = Kind::literal;
  Token token;          // of a literal
  Position begin, end;  // of the brackets
  std::vector<Node> list;
  std::vector<Item> items;
  CommentGroup lead, line;  // of a literal in a list

  const Position& position() const { return kind == Kind::literal ? token.position : begin; }
};

struct Item {
  std::vector<Token> keys;
  Position assign;  // nowhere for blocks
  Node value;
  CommentGroup lead, line;

  const Position& position() const { return keys.front().position; }
};

struct File {
  std::unique_ptr<const std::string> source;
  std::vector<Item> items;
  std::vector<CommentGroup> comments;
};

// "At 3:7: <message>".
base::Error error_at(const Position& position, std::string_view message);

enum class Duplicates { allow, refuse };  // refuse: an argument assigned twice in one object
base::Result<File> parse_native(std::string_view text, Duplicates duplicates);
// JSON as HCL sees it: an object whose members are all objects becomes labelled items, arrays of objects are unfolded.
base::Result<File> parse_as_json(std::string_view text);

// The value of a string, heredoc or identifier token. Errors: invalid escapes.
base::Result<std::string> token_string(const Token& token);

}  // namespace bao::codec::hcl
