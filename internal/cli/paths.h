// Paths as people type them. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace bao::cli {

std::string trimmed(std::string_view text);                 // without white space around it
std::string without_slashes(std::string_view path);         // and without slashes around it
std::string with_trailing_slash(std::string_view path);     // empty stays empty

}  // namespace bao::cli
