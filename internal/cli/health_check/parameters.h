// The limits of one check: its defaults, changed by what a file says. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::cli::health {

enum class ParameterKind : uint8_t { on_or_off, duration, percentage, count, certificates, texts };
struct Parameter {
  std::string_view name;
  ParameterKind kind;
  codec::Json fallback;
};

class Parameters {
 public:
  // `known`: "enabled" among it only for a check that is off unless asked for. `changes`: null, or an object of known names. Errors:
  // invalid, for every value that its kind doesn't take, the name of the check with them.
  static base::Result<Parameters> merge(std::string_view check, const std::vector<Parameter>& known, const codec::Json& changes, bool enabled);

  // Each is of the kind that it is asked as. Errors: invalid.
  base::Result<bool> enabled() const;
  base::Result<base::Duration> duration(std::string_view name) const;
  base::Result<int64_t> count(std::string_view name) const { return number(name, 1, 15'000'000); }
  base::Result<int64_t> certificates(std::string_view name) const { return number(name, 1, 100'000); }  // how many to fetch
  base::Result<int64_t> percentage(std::string_view name) const { return number(name, 1, 99); }
  base::Result<std::vector<std::string>> texts(std::string_view name) const;

 private:
  base::Result<int64_t> number(std::string_view name, int64_t least, int64_t most) const;
  base::Status check_kind(const Parameter& parameter) const;
  Parameters(std::string check, codec::Json values) : check_(std::move(check)), values_(std::move(values)) {}
  std::string check_;
  codec::Json values_;
};

// "6mo", "2y", "5d12mo": years, months of 30 days, weeks and days, the smallest first, as the reference prints them.
std::string long_duration(base::Duration duration);

}  // namespace bao::cli::health
