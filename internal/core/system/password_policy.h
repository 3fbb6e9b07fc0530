// Password policies: how passwords that this node makes up must look (openbao-api.md 2.4). Immutable once parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::core::sys {

inline constexpr int64_t kPasswordLengthMin = 4, kPasswordLengthMax = 100;

// `rule "charset" { charset = "…" min-chars = n }`: at least that many characters of that set.
struct CharsetRule {
  std::u32string charset;
  int64_t characters_min = 0;
};

class PasswordPolicy {
 public:
  // From HCL or JSON. Errors: invalid, with the reference's wording.
  static base::Result<PasswordPolicy> parse(std::string_view text);

  int64_t length() const { return length_; }
  // A password by the operating system's randomness, every one that fits equally likely. Error: internal when the rules are
  // so narrow that none was found in a bounded number of tries.
  base::Result<std::string> generate() const;
  // Whether some password fits: the sets may demand more of one character than there is room for.
  bool is_possible() const;

 private:
  bool fits(std::u32string_view candidate) const;
  base::Status check() const;

  int64_t length_ = 0;
  std::vector<CharsetRule> rules_;
  std::u32string characters_;  // of all rules, each once, sorted
};

}  // namespace bao::core::sys
