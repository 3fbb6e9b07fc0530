#include "internal/cel/ast.h"

namespace bao::cel {

std::string dotted_name(const Node& node) {
  if (const auto* identifier = std::get_if<Identifier>(&node.content)) return identifier->name;
  const auto* select = std::get_if<Select>(&node.content);
  if (select == nullptr || select->test || select->optional) return "";
  const std::string before = dotted_name(*select->operand);
  return before.empty() ? "" : before + "." + select->field;
}

}  // namespace bao::cel
