#include "internal/cli/environment.h"

#include <cstdlib>

namespace bao::cli {

std::optional<std::string> environment(std::string_view name) {
  if (const char* value = std::getenv(std::string(name).c_str())) return value;
  if (!name.starts_with("BAO_")) return std::nullopt;
  const char* value = std::getenv(("VAULT_" + std::string(name.substr(4))).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string environment_or_empty(std::string_view name) { return environment(name).value_or(""); }

std::string expand_home(const std::string& path) {
  const char* home = std::getenv("HOME");
  if (home == nullptr || (path != "~" && !path.starts_with("~/"))) return path;
  return home + path.substr(1);
}

}  // namespace bao::cli
