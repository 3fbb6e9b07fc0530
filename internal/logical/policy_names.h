// How lists of policy names are put in order before they become a token's. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bao::logical {

// Trimmed, lower-cased, sorted, without duplicates and empty names; "root" displaces every other name. With `add_default`
// the name "default" is added unless "root" is there.
std::vector<std::string> sanitize_policies(std::vector<std::string> names, bool add_default);
// Trimmed, lower-cased, sorted, without duplicates and empty names.
std::vector<std::string> unique_lower(std::vector<std::string> names);
bool contains(const std::vector<std::string>& names, std::string_view name);
// Whether a pattern with '*' at its start, its end, or between parts fits the name.
bool glob_matches(std::string_view pattern, std::string_view name);
bool any_glob_matches(const std::vector<std::string>& patterns, std::string_view name);

}  // namespace bao::logical
