// The pattern language of path.h, compiled: parts matched by backtracking, longest first. Private to logical. Immutable,
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bao::logical {

struct PatternPart {
  enum class Kind : uint8_t {
    literal,
    name,      // \w(([\w-.]+)?\w)?
    name_at,   // the same with '@'
    segment,   // up to a slash, not empty
    any,       // to anywhere, not empty
    all,       // to anywhere
    words,     // one of `words`
    optional,  // `inner`, or nothing
    maybe_slash,
  };
  Kind kind = Kind::literal;
  std::string text;                // the literal, or the capture's name
  std::vector<std::string> words;
  std::vector<PatternPart> inner;
};

using Captures = std::vector<std::pair<std::string, std::string>>;

// ENSURE: well-formed.
std::vector<PatternPart> compile_pattern(std::string_view pattern);
// Whether the whole path fits; then `captures` holds every capture of the pattern in order, "" where it was left out.
bool match_pattern(const std::vector<PatternPart>& pattern, std::string_view path, Captures& captures);
// As the reference's regular expression, for help texts: "data/(?P<path>.*)".
std::string pattern_regex(const std::vector<PatternPart>& pattern);

}  // namespace bao::logical
