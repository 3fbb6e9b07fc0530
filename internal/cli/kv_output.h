// Headings over KV tables (openbao-cli.md 3).
#pragma once

#include <string>
#include <string_view>

#include "internal/cli/invocation.h"

namespace bao::cli {

// "== Data ==" as wide as the table of that object.
std::string kv_heading(std::string_view title, const codec::Json& object);
// "= Secret Path =", the path, an empty line.
void print_kv_path(Ui& ui, std::string_view title, const std::string& path);
// What put and patch print of the version they made.
int print_kv_version(Invocation& run, const std::string& path, const Secret& secret);

}  // namespace bao::cli
