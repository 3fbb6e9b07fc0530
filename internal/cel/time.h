// Timestamps and durations: their ranges, forms and sums. Pure.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/cel/function.h"
#include "internal/cel/value.h"

namespace bao::cel {

// Errors: invalid, "timestamp overflow" outside the years 1 to 9999.
Outcome timestamp_of(int64_t seconds, int64_t nanoseconds);
Timestamp timestamp_of(base::Time time);
Outcome moved(const Timestamp& time, const Duration& by);
// Errors: invalid, "timestamp overflow" beyond 292 years.
Outcome difference(const Timestamp& a, const Timestamp& b);

// RFC 3339, fractions of a second as far as they are not zero.
std::string text_of(const Timestamp& time);
Outcome parse_timestamp(std::string_view text);
// "1.5s": seconds without an exponent.
std::string text_of(const Duration& duration);

}  // namespace bao::cel
