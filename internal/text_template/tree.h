// A parsed template. Immutable once made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/codec/json.h"

namespace bao::text_template {

struct Function;  // functions.h

struct Pipeline;

// What stands in a command: `.a.b`, `$x.a`, "text", 7, (pipeline).a, or a function's name.
struct Operand {
  enum class Kind { dot, variable, literal, pipeline, function };
  Kind kind = Kind::dot;
  std::string name;  // of a variable
  codec::Json literal;
  std::shared_ptr<const Pipeline> pipeline;
  const Function* function = nullptr;
  std::vector<std::string> fields;  // that follow
};

// Its first operand with the others as arguments.
struct Command {
  std::vector<Operand> operands;
};

// Each command's value is the last argument of the next one.
struct Pipeline {
  std::vector<std::string> variables;  // that are set to its value; of a range up to two
  bool declares = false;               // := and not =
  std::vector<Command> commands;
};

struct Node {
  enum class Kind { list, text, action, branch, range, with, leave, next };
  Kind kind = Kind::list;
  int line = 1;
  std::string text;
  Pipeline pipeline;
  std::vector<Node> body, otherwise;
};

}  // namespace bao::text_template
