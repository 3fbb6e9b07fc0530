// What a value counts as where another type is asked for, as forgivingly as the reference's decoder: "1", 1 and true are all true, a text is
// a list of one. Pure functions. Errors: invalid, which never hold the value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::request_profile {

base::Result<std::string> to_text(const codec::Json& value);
base::Result<bool> to_bool(const codec::Json& value);
// null becomes an empty object; a list of objects one of all their members.
base::Result<codec::Json> to_object(const codec::Json& value);
// Names as given, each with one value or several.
base::Result<std::vector<std::pair<std::string, std::string>>> to_headers(const codec::Json& value);

// "string", "int", "float64", "bool", "[]string", "map" (also "map[string]interface{}"), "any" (also "interface{}").
bool is_eval_type(std::string_view type);
base::Result<codec::Json> convert(const codec::Json& value, std::string_view type);

}  // namespace bao::request_profile
