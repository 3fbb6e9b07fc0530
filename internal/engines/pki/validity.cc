#include "internal/engines/pki/validity.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

constexpr char kLayout[] = "2006-01-02T15:04:05Z07:00";

base::Error unreadable(std::string_view text, std::string_view rest, std::string_view wanted) {
  return base::invalid("parsing time \"" + std::string(text) + "\" as \"" + kLayout + "\": cannot parse \"" + std::string(rest) +
                       "\" as \"" + std::string(wanted) + "\"");
}

// Takes `digits` digits and moves on.
std::optional<int> number(std::string_view& rest, size_t digits) {
  if (rest.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : rest.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  rest.remove_prefix(digits);
  return value;
}

bool literal(std::string_view& rest, char c) {
  if (rest.empty() || rest[0] != c) return false;
  rest.remove_prefix(1);
  return true;
}

Seconds floor_to_seconds(base::Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

// In whole seconds: a long TTL ends later than base::Time can say.
Seconds later(base::Time now, base::Duration ttl) { return floor_to_seconds(now) + std::chrono::floor<std::chrono::seconds>(ttl); }

base::Result<Seconds> beginning(const ValidityRequest& request, const ValidityRules& rules, base::Time now) {
  const Seconds earliest = floor_to_seconds(now - rules.not_before_duration);
  if (!request.not_before.empty()) {
    if (rules.not_before_bound == "forbid") return base::invalid("not_before_bound is set to forbid. not_before cannot be provided.");
    ASSIGN_OR_RETURN(const Seconds asked, parse_time(request.not_before));
    if (rules.not_before_bound == "duration" && asked < earliest) {
      return base::invalid("not_before_bound is set to duration. Cannot satisfy request as it would result in notBefore of " +
                           time_text(asked) + " that is older than the allowed not_before_duration of " +
                           base::format_go_duration(rules.not_before_duration));
    }
    return asked;
  }
  if (!rules.not_before.empty()) return parse_time(rules.not_before);
  return earliest;
}

base::Status check_end(Seconds end, const ValidityRules& rules, base::Duration ttl, base::Time now) {
  const std::string& bound = rules.not_after_bound;
  if (bound == "permit") return {};
  if (bound == "forbid") return base::invalid("not_after_bound is set to forbid. not_after cannot be provided.");
  if (bound == "ttl-limited") {
    if (end <= later(now, ttl)) return {};
    return base::invalid("not_after_bound is set to ttl-limited. Cannot satisfy request as that would result in notAfter of " +
                         time_text(end) + " that is beyond the TTL of " + base::format_go_duration(ttl));
  }
  ASSIGN_OR_RETURN(const Seconds latest, parse_time(bound));
  if (end <= latest) return {};
  return base::invalid("not_after_bound is set to " + bound + ". Cannot satisfy request as that would result in notAfter of " +
                       time_text(end) + " that is beyond the maximum timestamp of " + time_text(latest));
}

}  // namespace

base::Result<Seconds> parse_time(std::string_view text) {
  std::string_view rest = text;
  std::array<int, 6> parts{};
  struct Part {
    size_t digits;
    char after;  // 0: nothing
    const char* wanted;
  };
  static constexpr std::array<Part, 6> kParts = {
      Part{4, '-', "2006"}, Part{2, '-', "01"}, Part{2, 'T', "02"}, Part{2, ':', "15"}, Part{2, ':', "04"}, Part{2, 0, "05"}};
  for (size_t i = 0; i < 6; ++i) {
    const auto value = number(rest, kParts[i].digits);
    if (!value) return unreadable(text, rest, kParts[i].wanted);
    parts[i] = *value;
    if (kParts[i].after != 0 && !literal(rest, kParts[i].after)) return unreadable(text, rest, std::string(1, kParts[i].after));
  }
  if (literal(rest, '.')) {
    const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0) return unreadable(text, rest, "Z07:00");
    rest.remove_prefix(digits);
  }
  int offset_minutes = 0;
  if (!literal(rest, 'Z')) {
    const int sign = !rest.empty() && rest[0] == '-' ? -1 : 1;
    if (rest.empty() || (rest[0] != '+' && rest[0] != '-')) return unreadable(text, rest, "Z07:00");
    rest.remove_prefix(1);
    const auto hours = number(rest, 2);
    const bool colon = literal(rest, ':');
    const auto minutes = number(rest, 2);
    if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return unreadable(text, rest, "Z07:00");
    offset_minutes = sign * (*hours * 60 + *minutes);
  }
  if (!rest.empty()) return base::invalid("parsing time \"" + std::string(text) + "\": extra text: \"" + std::string(rest) + "\"");
  const std::chrono::year_month_day day{std::chrono::year{parts[0]}, std::chrono::month{static_cast<unsigned>(parts[1])},
                                        std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (!day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) {
    return base::invalid("parsing time \"" + std::string(text) + "\": out of range");
  }
  return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4] - offset_minutes) +
         std::chrono::seconds(parts[5]);
}

std::string time_text(Seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

base::Status check_bounds(std::string_view not_before_bound, std::string_view not_after_bound) {
  if (not_before_bound != "permit" && not_before_bound != "duration" && not_before_bound != "forbid") {
    return base::invalid("Unknown value for field `not_before_bound`. Possible values are `permit` `duration` or `forbid`");
  }
  if (not_after_bound != "permit" && not_after_bound != "ttl-limited" && not_after_bound != "forbid" && !parse_time(not_after_bound).ok()) {
    return base::invalid(
        "Unknown value for field `not_after_bound`. Possible values are `permit`, `ttl-limited`, `forbid`, or an explicit timestamp.");
  }
  return {};
}

base::Result<Validity> choose_validity(const ValidityRequest& request, const ValidityRules& rules, base::Time now,
                                       std::vector<std::string>& warnings) {
  const std::string& end = rules.not_after.empty() ? request.not_after : rules.not_after;
  if (request.ttl > base::Duration{0} && !end.empty()) {
    return base::invalid("Either ttl or not_after should be provided. Both should not be provided in the same request.");
  }
  base::Duration ttl = request.ttl;
  if (ttl == base::Duration{0}) ttl = rules.ttl;
  if (ttl == base::Duration{0}) ttl = rules.mount_ttl;
  const base::Duration max_ttl = rules.max_ttl > base::Duration{0} ? rules.max_ttl : rules.mount_max_ttl;
  if (ttl > max_ttl) {
    if (request.ttl > base::Duration{0}) {
      warnings.push_back("TTL \"" + base::format_go_duration(ttl) + "\" is longer than permitted maxTTL \"" +
                         base::format_go_duration(max_ttl) + "\", so maxTTL is being used");
    }
    ttl = max_ttl;
  }
  Validity validity;
  validity.ttl = ttl;
  ASSIGN_OR_RETURN(validity.not_before, beginning(request, rules, now));
  validity.not_after = later(now, ttl);
  if (!end.empty()) {
    ASSIGN_OR_RETURN(validity.not_after, parse_time(end));
    if (rules.not_after.empty()) TRY(check_end(validity.not_after, rules, ttl, now));
  }
  if (validity.not_before > validity.not_after) {
    return base::invalid("The certificate's Not Before (" + time_text(validity.not_before) + ") is later than the certificate's Not After (" +
                         time_text(validity.not_after) + ")");
  }
  return validity;
}

base::Duration time_left(Seconds end, base::Time now) {
  constexpr auto kMost = std::chrono::floor<std::chrono::seconds>(base::Duration::max());
  return std::clamp<std::chrono::seconds>(end - floor_to_seconds(now), std::chrono::seconds(1), kMost);
}

base::Status fit_to_issuer(Validity& validity, Seconds issuer_end, NotAfterBehavior behavior) {
  if (validity.not_after <= issuer_end || behavior == NotAfterBehavior::permit) return {};
  if (behavior == NotAfterBehavior::truncate) {
    validity.not_after = issuer_end;
    return {};
  }
  return base::invalid("cannot satisfy request, as TTL would result in notAfter of " + time_text(validity.not_after) +
                       " that is beyond the expiration of the CA certificate at " + time_text(issuer_end));
}

}  // namespace bao::engines::pki
