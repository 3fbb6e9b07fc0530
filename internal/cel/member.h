// Fields of messages, entries of maps, items of lists: what . ?. [] [?] and has() give (the CEL specification, "Field Selection").
// Pure functions.
#pragma once

#include <string>

#include "internal/cel/budget.h"
#include "internal/cel/function.h"
#include "internal/cel/value.h"

namespace bao::cel {

base::Error no_overload();
// Error: no_overload for what is no optional.
base::Result<Optional> optional_of(const Value& value);

// operand.?field and operand[?key]; of what is optional itself: of its value.
Outcome optional_member(const Value& operand, const Value& key, Budget& budget);
// operand.field. Errors: invalid, where there is none.
Outcome field_of(const Value& operand, const std::string& field, Budget& budget);
// has(operand.field)
Outcome has_member(const Value& operand, const std::string& field);

}  // namespace bao::cel
