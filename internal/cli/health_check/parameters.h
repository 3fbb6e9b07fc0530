// The limits of one check: its defaults, changed by what a file says. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::cli::health {

class Parameters {
 public:
  // `defaults`: an object, "enabled" among it only for a check that is off unless asked for. `changes`: null, or an object of known names.
  // Errors: invalid, the name of the check with them.
  static base::Result<Parameters> merge(std::string_view check, const codec::Json& defaults, const codec::Json& changes, bool enabled);

  // Each is named by one of the defaults. Errors: invalid.
  base::Result<bool> enabled() const;
  base::Result<base::Duration> duration(std::string_view name) const;
  base::Result<int64_t> count(std::string_view name, int64_t least, int64_t most) const;
  base::Result<std::vector<std::string>> texts(std::string_view name) const;

 private:
  Parameters(std::string check, codec::Json values) : check_(std::move(check)), values_(std::move(values)) {}
  std::string check_;
  codec::Json values_;
};

// "6mo", "2y", "5d12mo": years, months of 30 days, weeks and days, the smallest first, as the reference prints them.
std::string long_duration(base::Duration duration);

}  // namespace bao::cli::health
