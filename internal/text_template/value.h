// What values are worth: as text, as a condition, beside each other. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::text_template {

// As Go prints it with %v, numbers with all their digits: "[a b]", "map[k:v]", "<no value>" for null.
std::string display(const codec::Json& value);
// Neither false, 0, null nor empty.
bool is_true(const codec::Json& value);
bool is_equal(const codec::Json& a, const codec::Json& b);
// Numbers and strings, of one kind. Errors: invalid.
base::Result<bool> is_less(const codec::Json& a, const codec::Json& b);
// "string", "float64", "[]interface {}", … for messages.
std::string_view type_name(const codec::Json& value);

}  // namespace bao::text_template
