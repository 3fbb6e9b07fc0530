// Programs as OpenBao keeps them in roles: variables, each an expression that may use those before it, and a last expression whose value
// counts. A value; thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "internal/cel/check.h"
#include "internal/cel/environment.h"
#include "internal/codec/json.h"

namespace bao::cel {

struct Program {
  struct Variable {
    std::string name, expression;
    bool operator==(const Variable&) const = default;
  };
  std::vector<Variable> variables;
  std::string expression;

  // Takes what the object names, and leaves the rest as it is, in each of the variables too; names are read regardless of case. Errors: invalid, in the words of the
  // reference's decoder.
  base::Status take(const codec::Json& object);
  codec::Json json() const;

  // Variables are parsed, the last expression is checked too. `declared` are the variables of who embeds the program. Errors: invalid.
  base::Status validate(const Environment& environment, Declarations declared) const;
  // Errors: invalid, or exhausted where it would cost too much; worded as the reference words them.
  base::Result<Value> evaluate(const Environment& environment, Variables values) const;
};

}  // namespace bao::cel
