// The request target, decoded once, and the one place that decides what a canonical path is (openbao-api.md 1.1,
// observed.md "KV, paths and request bodies"). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bao::http {

struct TargetRules {
  bool unsafe_relative_paths = false;     // "." and ".." segments that were escaped are let through
  bool disable_printable_check = false;
};

struct Query {
  std::vector<std::pair<std::string, std::string>> pairs;  // decoded, in order; malformed ones are left out, as in Go
  // The first value of that name, or nullptr.
  const std::string* find(std::string_view name) const;
  void erase(std::string_view name);
};

struct Target {
  std::string path;  // decoded, with its leading slash; UTF-8
  Query query;
};

struct TargetFault {
  enum class Kind { unprintable, redirect, unknown, relative, malformed };
  Kind kind;
  std::string location;  // of a redirect: the cleaned path, still escaped, with the query
};

// What the target names, or why it can't be served:
//   malformed    a bad escape, or no path             400
//   unprintable  control characters, not UTF-8        400, empty body
//   unknown      not below /v1/                       404
//   redirect     "//", "/./" or "/../" in it          307
//   relative     "." or ".." segments, escaped        400
std::pair<std::optional<Target>, TargetFault> parse_target(std::string_view target, const TargetRules& rules);

// k=v&k=v: '+' is a space; pairs with a bad escape or a semicolon are left out.
Query parse_lenient_query(std::string_view text);
// Slashes doubled and dot segments resolved, as Go's path.Clean with the trailing slash kept.
std::string clean_path(std::string_view path);
// True when every character can be shown: no control, format, private or separator characters but the plain space.
bool is_printable(std::string_view utf8);

}  // namespace bao::http
