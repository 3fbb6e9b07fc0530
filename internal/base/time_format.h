// Times and durations as Go prints and reads them (openbao-storage.md section 2.2, openbao-api.md 1.4).
// Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"

namespace bao::base {

// Go's zero time, 0001-01-01T00:00:00Z, is kept as this value, which the nanosecond range cannot hold.
inline constexpr Time kZeroTime = Time(Duration::min());

// RFC 3339 in UTC with the fraction's trailing zeros removed ("2026-01-02T15:04:05.9Z").
std::string format_rfc3339(Time t);
// The same cut to seconds, and with exactly three digits.
std::string format_rfc3339_seconds(Time t);
std::string format_rfc3339_millis(Time t);
// Any offset, up to nine fractional digits; years 1 to 9999, those outside 1678–2261 only as zero time.
Result<Time> parse_rfc3339(std::string_view text);

// Go's Duration.String(): "1h30m0s", "1.5s", "250ms", "0s".
std::string format_go_duration(Duration d);
// Go's time.ParseDuration: "1h30m", "-1.5s", "250ms".
Result<Duration> parse_go_duration(std::string_view text);
// What the API takes: a bare number of seconds, Go's form, or a number of days ("2d", alone only); "" is 0.
Result<Duration> parse_api_duration(std::string_view text);

inline int64_t whole_seconds(Duration d) {
  return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}
inline Duration seconds(int64_t n) { return std::chrono::seconds(n); }

}  // namespace bao::base
