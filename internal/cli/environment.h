// Environment variables of the CLI: BAO_X is looked up first, and only when it is unset VAULT_X (openbao-cli.md 1.3).
// Not thread-safe, like getenv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bao::cli {

// The value, also an empty one, of a variable "BAO_…" or its VAULT_ twin; names without that prefix as they are.
std::optional<std::string> environment(std::string_view name);
// The same, empty when unset.
std::string environment_or_empty(std::string_view name);
// A path with a leading "~/" put below $HOME.
std::string expand_home(const std::string& path);

}  // namespace bao::cli
