// Tokens into a tree. Pure.
#pragma once

#include <vector>

#include "internal/base/result.h"
#include "internal/text_template/lexer.h"
#include "internal/text_template/tree.h"

namespace bao::text_template {

// Errors: invalid, with the line.
base::Result<Node> parse_tokens(std::vector<Token> tokens);

}  // namespace bao::text_template
