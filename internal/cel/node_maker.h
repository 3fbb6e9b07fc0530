// Nodes of an expression's tree, with their place and within the bound of its depth. Immutable.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "internal/base/result.h"
#include "internal/cel/ast.h"
#include "internal/cel/limits.h"
#include "internal/cel/macros.h"
#include "internal/cel/syntax_error.h"

namespace bao::cel {

using Parsed = base::Result<NodePointer>;

class NodeMaker {
 public:
  explicit NodeMaker(std::string_view source) : source_(source) {}

  // Errors of all: invalid, where the tree would be too deep.
  template <typename Content>
  Parsed node(size_t offset, Content content, int depth_below) const {
    if (depth_below >= kTreeDepthMax) return error_at(source_, offset, "expression recursion limit exceeded: " + std::to_string(kTreeDepthMax));
    auto made = std::make_unique<Node>();
    made->content = std::move(content);
    made->offset = offset;
    made->depth = depth_below + 1;
    return NodePointer(std::move(made));
  }
  // A call, or what the macro of that name makes of it.
  Parsed call(size_t offset, std::string function, NodePointer target, std::vector<NodePointer> arguments) const {
    int depth = target == nullptr ? 0 : target->depth;
    for (const NodePointer& argument : arguments) depth = std::max(depth, argument->depth);
    auto expanded = expand_macro({std::move(function), std::move(target), std::move(arguments)});
    if (!expanded.ok()) return error_at(source_, offset, expanded.error().message());
    return std::visit([&](auto&& content) { return node(offset, std::move(content), depth + 1); }, *std::move(expanded));
  }
  // `right` is nullptr for an operator of one side.
  Parsed operation(size_t offset, std::string function, NodePointer left, NodePointer right) const {
    const int depth = std::max(left->depth, right == nullptr ? 0 : right->depth);
    CallNode made{std::move(function), nullptr, {}};
    made.arguments.push_back(std::move(left));
    if (right != nullptr) made.arguments.push_back(std::move(right));
    return node(offset, std::move(made), depth);
  }

 private:
  std::string_view source_;
};

}  // namespace bao::cel
