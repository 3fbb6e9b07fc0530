#include "internal/cel/time.h"

#include <charconv>
#include <chrono>
#include <cstdio>

#include "internal/base/time_format.h"

namespace bao::cel {
namespace {

constexpr int64_t kFirstSecond = -62'135'596'800, kLastSecond = 253'402'300'799;
constexpr int64_t kBillion = 1'000'000'000;

struct Calendar {
  std::chrono::year_month_day date;
  int64_t second_of_day;
  std::chrono::sys_days day;
};

Calendar calendar_of(int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), (time - day).count(), day};
}

std::string padded(int64_t number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*lld", digits, static_cast<long long>(number));
  return text;
}

// "+01:00", "-2:30", "UTC", "": seconds to add. There is no table of time zones here.
base::Result<int64_t> offset_of(const std::string& zone) {
  if (zone.empty() || zone == "UTC") return int64_t{0};
  const bool negative = zone[0] == '-';
  const size_t first = zone[0] == '-' || zone[0] == '+' ? 1 : 0, colon = zone.find(':');
  int hours = 0, minutes = 0;
  const char *begin = zone.data(), *end = begin + zone.size();
  if (colon == std::string::npos || std::from_chars(begin + first, begin + colon, hours).ptr != begin + colon ||
      std::from_chars(begin + colon + 1, end, minutes).ptr != end || colon + 1 == zone.size() || hours < 0 || hours > 23 || minutes < 0 ||
      minutes > 59) {
    return base::invalid("unknown time zone " + zone + ": names of time zones are not supported, only offsets (\"+01:00\")");
  }
  const int64_t seconds = (hours * int64_t{60} + minutes) * 60;
  return negative ? -seconds : seconds;
}

using Part = int64_t (*)(const Calendar&);
int64_t year(const Calendar& c) { return int{c.date.year()}; }
int64_t month(const Calendar& c) { return int64_t{unsigned{c.date.month()}} - 1; }
int64_t day_of_month(const Calendar& c) { return int64_t{unsigned{c.date.day()}} - 1; }
int64_t date(const Calendar& c) { return int64_t{unsigned{c.date.day()}}; }
int64_t day_of_week(const Calendar& c) { return std::chrono::weekday(c.day).c_encoding(); }
int64_t day_of_year(const Calendar& c) { return (c.day - std::chrono::sys_days(c.date.year() / std::chrono::January / 1)).count(); }
int64_t hours(const Calendar& c) { return c.second_of_day / 3600; }
int64_t minutes(const Calendar& c) { return c.second_of_day / 60 % 60; }
int64_t seconds(const Calendar& c) { return c.second_of_day % 60; }

template <Part part>
Outcome part_of(Budget&, const Timestamp& time) {
  return Value(part(calendar_of(time.seconds)));
}
template <Part part>
Outcome part_in_zone(Budget&, const Timestamp& time, const std::string& zone) {
  ASSIGN_OR_RETURN(const int64_t offset, offset_of(zone));
  return Value(part(calendar_of(time.seconds + offset)));
}

Outcome milliseconds(Budget&, const Timestamp& time) { return Value(int64_t{time.nanoseconds} / 1'000'000); }
Outcome milliseconds_in_zone(Budget& budget, const Timestamp& time, const std::string&) { return milliseconds(budget, time); }

template <int64_t nanoseconds>
Outcome duration_in(Budget&, const Duration& duration) {
  return Value(duration.nanoseconds / nanoseconds);
}
Outcome duration_milliseconds(Budget&, const Duration& duration) { return Value(duration.nanoseconds / 1'000'000 % 1000); }

Outcome same_timestamp(Budget&, const Timestamp& time) { return Value(time); }
Outcome timestamp_from_int(Budget&, const int64_t& seconds_given) { return timestamp_of(seconds_given, 0); }
Outcome timestamp_from_string(Budget&, const std::string& text) { return parse_timestamp(text); }
Outcome same_duration(Budget&, const Duration& duration) { return Value(duration); }
Outcome duration_from_int(Budget&, const int64_t& nanoseconds) { return Value(Duration{nanoseconds}); }
Outcome duration_from_string(Budget&, const std::string& text) {
  const auto parsed = base::parse_go_duration(text);
  if (!parsed.ok()) return base::invalid("time: invalid duration \"" + text + "\"");
  return Value(Duration{parsed->count()});
}

template <Part part>
void add_part(std::vector<Overload>& all, std::string_view name) {
  all.push_back(method<part_of<part>>(name));
  all.push_back(method<part_in_zone<part>>(name));
}

}  // namespace

Outcome timestamp_of(int64_t seconds_given, int64_t nanoseconds) {
  int64_t whole = 0;
  int64_t carried = nanoseconds / kBillion, rest = nanoseconds % kBillion;
  if (rest < 0) {
    rest += kBillion;
    --carried;
  }
  if (__builtin_add_overflow(seconds_given, carried, &whole) || whole < kFirstSecond || whole > kLastSecond) {
    return base::invalid("timestamp overflow");
  }
  return Value(Timestamp{whole, static_cast<int32_t>(rest)});
}

Timestamp timestamp_of(base::Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return {whole.time_since_epoch().count(), static_cast<int32_t>((time - whole).count())};
}

Outcome moved(const Timestamp& time, const Duration& by) {
  const int64_t whole = by.nanoseconds / kBillion;
  return timestamp_of(time.seconds + whole, time.nanoseconds + by.nanoseconds % kBillion);
}

Outcome difference(const Timestamp& a, const Timestamp& b) {
  int64_t total = 0;
  if (__builtin_mul_overflow(a.seconds - b.seconds, kBillion, &total) ||
      __builtin_add_overflow(total, int64_t{a.nanoseconds} - b.nanoseconds, &total)) {
    return base::invalid("timestamp overflow");
  }
  return Value(Duration{total});
}

std::string text_of(const Timestamp& time) {
  const Calendar calendar = calendar_of(time.seconds);
  std::string text = padded(year(calendar), 4) + "-" + padded(month(calendar) + 1, 2) + "-" + padded(date(calendar), 2) + "T" +
                     padded(hours(calendar), 2) + ":" + padded(minutes(calendar), 2) + ":" + padded(seconds(calendar), 2);
  if (time.nanoseconds != 0) {
    std::string fraction = padded(time.nanoseconds, 9);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += "." + fraction;
  }
  return text + "Z";
}

// In parts of our own: the clock's type ends in 2262.
Outcome parse_timestamp(std::string_view text) {
  const base::Error wrong = base::invalid("parsing time \"" + std::string(text) + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
  if (text.size() < 20 || text[10] != 'T') return wrong;
  // The date as a time near by, whose form and days are checked; the year is counted apart.
  int given_year = 0;
  if (std::from_chars(text.data(), text.data() + 4, given_year).ptr != text.data() + 4 || given_year < 1) return wrong;
  const bool is_leap = std::chrono::year(given_year).is_leap();
  const int stand_in = is_leap ? 2000 : 2001;
  const auto parsed = base::parse_rfc3339(padded(stand_in, 4) + std::string(text.substr(4)));
  if (!parsed.ok()) return wrong;
  const auto days = std::chrono::sys_days(std::chrono::year(given_year) / std::chrono::January / 1) -
                    std::chrono::sys_days(std::chrono::year(stand_in) / std::chrono::January / 1);
  const Timestamp time = timestamp_of(*parsed);
  return timestamp_of(time.seconds + std::chrono::seconds(days).count(), time.nanoseconds);
}

std::string text_of(const Duration& duration) {
  const int64_t whole = duration.nanoseconds / kBillion, rest = std::abs(duration.nanoseconds % kBillion);
  std::string text = (duration.nanoseconds < 0 && whole == 0 ? "-" : "") + std::to_string(whole);
  if (rest != 0) {
    std::string fraction = padded(rest, 9);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += "." + fraction;
  }
  return text + "s";
}

std::vector<Overload> time_functions() {
  std::vector<Overload> all = {function<same_timestamp>("timestamp"),
                               function<timestamp_from_int>("timestamp"),
                               function<timestamp_from_string>("timestamp"),
                               function<same_duration>("duration"),
                               function<duration_from_int>("duration"),
                               function<duration_from_string>("duration"),
                               method<milliseconds>("getMilliseconds"),
                               method<milliseconds_in_zone>("getMilliseconds"),
                               method<duration_in<3600 * kBillion>>("getHours"),
                               method<duration_in<60 * kBillion>>("getMinutes"),
                               method<duration_in<kBillion>>("getSeconds"),
                               method<duration_milliseconds>("getMilliseconds")};
  add_part<year>(all, "getFullYear");
  add_part<month>(all, "getMonth");
  add_part<day_of_month>(all, "getDayOfMonth");
  add_part<date>(all, "getDate");
  add_part<day_of_week>(all, "getDayOfWeek");
  add_part<day_of_year>(all, "getDayOfYear");
  add_part<hours>(all, "getHours");
  add_part<minutes>(all, "getMinutes");
  add_part<seconds>(all, "getSeconds");
  return all;
}

}  // namespace bao::cel
