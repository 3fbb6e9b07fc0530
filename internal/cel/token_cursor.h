// Where a parser stands in an expression's tokens, and how it says that something else was expected. Thread-compatible.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/cel/lexer.h"
#include "internal/cel/syntax_error.h"

namespace bao::cel {

class TokenCursor {
 public:
  // The last token is the end of input.
  TokenCursor(std::string_view source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

  const Token& here() const { return tokens_[at_]; }
  const Token& ahead(size_t count) const { return tokens_[std::min(at_ + count, tokens_.size() - 1)]; }
  const Token& next() const { return ahead(1); }
  void skip(size_t count) { at_ += count; }
  bool take(std::string_view symbol) {
    if (!here().is(symbol)) return false;
    ++at_;
    return true;
  }
  base::Error error(size_t offset, const std::string& message) const { return error_at(source_, offset, message); }

  // As ANTLR tells: a token too many, where the one after it would do, or one that doesn't fit.
  base::Error unexpected(const std::string& expected) const {
    const bool extraneous = expected == "<EOF>" ? here().kind != Token::Kind::end && next().kind == Token::Kind::end : false;
    return error(here().offset, std::string("Syntax error: ") + (extraneous ? "extraneous input '" : "mismatched input '") +
                                    std::string(here().text) + "' expecting " + expected);
  }
  base::Status expect(std::string_view symbol) {
    if (take(symbol)) return {};
    return unexpected("'" + std::string(symbol) + "'");
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

 private:
  std::string_view source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace bao::cel
