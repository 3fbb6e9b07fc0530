// JSON values and times as Go's fmt prints them, and durations as the reference's CLI shortens them (openbao-cli.md 1.7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/codec/json.h"

namespace bao::cli {

// %v: map[a:1 b:2] with sorted keys, [a b], <nil>, numbers by their text.
std::string go_value(const codec::Json& value);
// %q of a list of strings: ["a" "b"]; null is [].
std::string go_quoted_list(const codec::Json& strings);
// strconv.Quote.
std::string go_quoted(std::string_view text);
// "768h", "1h30m", "1m5s", "0s".
std::string human_duration(base::Duration duration);
// An integral number of seconds as a human duration; any other value as %v.
std::string human_seconds(const codec::Json& seconds);
// Keys whose values are shown as durations: ttl, period, duration, *_ttl, …
bool names_duration(std::string_view key);
// time.Time.String() of an RFC 3339 text: "2026-01-02 15:04:05.9 +0000 UTC"; a text that is no time as it is.
std::string go_time(std::string_view rfc3339);
// time.RFC822 in UTC of an RFC 3339 text: "02 Jan 26 15:04 UTC".
std::string rfc822(std::string_view rfc3339);

}  // namespace bao::cli
