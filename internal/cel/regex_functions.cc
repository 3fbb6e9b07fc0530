// cel-go's ext.Regex.
#include "internal/cel/function.h"
#include "internal/cel/patterns.h"
#include "internal/cel/unicode.h"

namespace bao::cel {
namespace {

using codec::Pattern;

// Calls `found` with every match that doesn't overlap the one before, until it says no.
template <typename Found>
base::Status each_match(Budget& budget, const Pattern& pattern, std::string_view text, Found found) {
  size_t at = 0;
  while (at <= text.size()) {
    TRY(budget.spend(1 + text.size() - at));
    const auto match = pattern.match(text, at);
    if (!match) break;
    const std::string_view whole = *match->front();
    if (!found(*match)) break;
    const auto end = static_cast<size_t>(whole.data() - text.data()) + whole.size();
    at = !whole.empty() ? end : end < text.size() ? end + character_bytes(text.substr(end)) : end + 1;
  }
  return {};
}

// `replacement` with \1 to \9, \0 and \\ resolved. Errors: invalid.
base::Result<std::string> resolved(const std::string& replacement, const Pattern::Match& match) {
  std::string out;
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '\\') {
      out += replacement[i];
      continue;
    }
    if (++i == replacement.size()) return base::invalid("invalid replacement string: '" + replacement + "' \\ not allowed at end");
    if (replacement[i] == '\\') {
      out += '\\';
      continue;
    }
    if (replacement[i] < '0' || replacement[i] > '9') {
      return base::invalid("invalid replacement string: '" + replacement + "' \\ must be followed by a digit or \\");
    }
    const auto group = static_cast<size_t>(replacement[i] - '0');
    if (group >= match.size()) {
      return base::invalid("replacement string references group " + std::to_string(group) + " but regex has only " +
                           std::to_string(match.size() - 1) + " group(s)");
    }
    out += match[group].value_or("");
  }
  return out;
}

Outcome replace_some(Budget& budget, const std::string& text, const std::string& pattern_text, const std::string& replacement,
                     const int64_t& count) {
  ASSIGN_OR_RETURN(const Pattern pattern, pattern_of(budget, pattern_text, text.size()));
  TRY(resolved(replacement, Pattern::Match(static_cast<size_t>(pattern.groups()) + 1)));  // wrong whether or not something matches
  if (count == 0) return Value(text);
  std::string out;
  size_t copied = 0;
  int64_t left = count;
  base::Status failed;
  TRY(each_match(budget, pattern, text, [&](const Pattern::Match& match) {
    const auto begin = static_cast<size_t>(match.front()->data() - text.data());
    auto by = resolved(replacement, match);
    failed = budget.spend(by->size());
    out.append(text, copied, begin - copied).append(*by);
    copied = begin + match.front()->size();
    return --left != 0 && failed.ok();
  }));
  TRY(std::move(failed));
  return Value(out.append(text, copied));
}
Outcome replace_all(Budget& budget, const std::string& text, const std::string& pattern, const std::string& replacement) {
  return replace_some(budget, text, pattern, replacement, -1);
}

// The group if there is one, else the whole.
base::Result<Pattern> extracting(Budget& budget, const std::string& text, const std::string& pattern) {
  ASSIGN_OR_RETURN(Pattern compiled, pattern_of(budget, pattern, text.size()));
  if (compiled.groups() > 1) return base::invalid("regular expression has more than one capturing group: \"" + pattern + "\"");
  return compiled;
}

Outcome extract(Budget& budget, const std::string& text, const std::string& pattern_text) {
  ASSIGN_OR_RETURN(const Pattern pattern, extracting(budget, text, pattern_text));
  const auto match = pattern.match(text);
  if (!match || !match->back()) return Value(Optional{});
  return Value::optional(std::string(*match->back()));
}

Outcome extract_all(Budget& budget, const std::string& text, const std::string& pattern_text) {
  ASSIGN_OR_RETURN(const Pattern pattern, extracting(budget, text, pattern_text));
  std::vector<Value> found;
  TRY(each_match(budget, pattern, text, [&](const Pattern::Match& match) {
    if (match.back()) found.emplace_back(std::string(*match.back()));
    return true;
  }));
  return Value::list(std::move(found));
}

}  // namespace

std::vector<Overload> regex_functions() {
  return {function<replace_all>("regex.replace"), function<replace_some>("regex.replace"), function<extract>("regex.extract"),
          function<extract_all>("regex.extractAll")};
}

}  // namespace bao::cel
