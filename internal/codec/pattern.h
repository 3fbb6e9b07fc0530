// Regular expressions of RE2's syntax, as Go's package regexp has them: matching takes time linear in the text. Immutable, thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::codec {

class Pattern {
 public:
  // Errors: invalid, in Go's words as far as RE2 tells: "error parsing regexp: missing closing ): `(`".
  static base::Result<Pattern> compile(std::string_view text);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  int groups() const;
  // Anywhere in the text.
  bool found_in(std::string_view text) const;
  // The first match at or after `start`: the whole and then each group, nullopt for groups that took no part. Nothing where there is none.
  using Match = std::vector<std::optional<std::string_view>>;
  std::optional<Match> match(std::string_view text, size_t start = 0) const;

 private:
  struct Compiled;
  explicit Pattern(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace bao::codec
