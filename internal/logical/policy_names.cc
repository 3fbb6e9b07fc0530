#include "internal/logical/policy_names.h"

#include "internal/base/letters.h"

#include <algorithm>

namespace bao::logical {
namespace {

std::string normal(std::string_view name) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t from = name.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return "";
  return base::lower_case(name.substr(from, name.find_last_not_of(kSpace) - from + 1));
}

}  // namespace

std::vector<std::string> unique_lower(std::vector<std::string> names) {
  for (std::string& name : names) name = normal(name);
  std::erase(names, "");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> sanitize_policies(std::vector<std::string> names, bool add_default) {
  names = unique_lower(std::move(names));
  if (contains(names, "root")) return {"root"};
  if (!add_default) return names;
  names.emplace_back("default");
  return unique_lower(std::move(names));
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool glob_matches(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool any_glob_matches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return glob_matches(pattern, name); });
}

}  // namespace bao::logical
