// The parsed expression. Immutable once parsed; programs share it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "internal/cel/value.h"

namespace bao::cel {

struct Node;
using NodePointer = std::unique_ptr<Node>;

struct Literal {
  Value value;
};
struct Identifier {
  std::string name;      // ".a" begins with a dot: not looked for in the container
};
// operand.field; `test` for has(), `optional` for operand.?field.
struct Select {
  NodePointer operand;
  std::string field;
  bool test = false, optional = false;
};
// Operators are calls of the names that the specification gives them: "_+_", "_[_]", "!_"; "_&&_" and "_||_" take any number.
struct CallNode {
  std::string function;
  NodePointer target;  // nullptr for what is no method
  std::vector<NodePointer> arguments;
};
struct ListNode {
  std::vector<std::pair<NodePointer, bool>> items;  // with whether it is optional
};
struct MapNode {
  struct Entry {
    NodePointer key, value;
    bool optional = false;
  };
  std::vector<Entry> entries;
};
struct MessageNode {
  struct Field {
    std::string name;
    NodePointer value;
    bool optional = false;
    size_t offset = 0;
  };
  std::string type;  // as written
  std::vector<Field> fields;
};
// The macros that bind a name: range.all(name, body) and its like; of optionals, optMap and optFlatMap.
struct Comprehension {
  enum class Kind : uint8_t { all, exists, exists_one, map, filter, sort_by, optional_map, optional_flat_map };
  Kind kind;
  NodePointer range;
  std::string name;
  NodePointer filter;  // of map() with three arguments, else nullptr
  NodePointer body;
};

struct Node {
  std::variant<Literal, Identifier, Select, CallNode, ListNode, MapNode, MessageNode, Comprehension> content;
  size_t offset = 0;  // where errors about it are shown
  int depth = 1;
};

// "a.b.c" of selections that begin at an identifier, or "".
std::string dotted_name(const Node& node);

}  // namespace bao::cel
