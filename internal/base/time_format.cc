#include "internal/base/time_format.h"

#include <cmath>
#include <cstdio>

namespace bao::base {
namespace {

// Wide enough that no sum of two terms overflows before it is checked.
__extension__ using Wide = __int128;

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second;
  int nanos;
};

Civil civil_of(Time t) {
  using namespace std::chrono;
  if (t == kZeroTime) return {1, 1, 1, 0, 0, 0, 0};
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss<nanoseconds> clock{t - day};
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          int(clock.hours().count()),
          int(clock.minutes().count()),
          int(clock.seconds().count()),
          int(clock.subseconds().count())};
}

// Two (or four) digits without printf: this runs once or twice a request.
void append_padded(std::string& out, int number, int digits) {
  char text[12];
  for (int i = digits - 1; i >= 0; --i) {
    text[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  out.append(text, static_cast<size_t>(digits));
}

std::string format_to_seconds(const Civil& c) {
  std::string out;
  out.reserve(32);
  append_padded(out, c.year, 4);
  out += '-';
  append_padded(out, static_cast<int>(c.month), 2);
  out += '-';
  append_padded(out, static_cast<int>(c.day), 2);
  out += 'T';
  append_padded(out, c.hour, 2);
  out += ':';
  append_padded(out, c.minute, 2);
  out += ':';
  append_padded(out, c.second, 2);
  return out;
}

bool take_digits(std::string_view& text, size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// A fraction's digits as nanoseconds; more than nine digits are cut.
bool take_fraction(std::string_view& text, int& nanos) {
  nanos = 0;
  if (!take(text, '.')) return true;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 9) nanos = nanos * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  for (int i = digits; i < 9; ++i) nanos *= 10;
  return digits > 0;
}

bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take(text, 'Z')) return true;
  const bool east = !text.empty() && text.front() == '+';
  if (!east && (text.empty() || text.front() != '-')) return false;
  text.remove_prefix(1);
  int hour = 0, minute = 0;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  minutes = (hour * 60 + minute) * (east ? 1 : -1);
  return true;
}

struct Unit {
  std::string_view name;
  int64_t nanos;
};
constexpr Unit kUnits[] = {{"ns", 1},
                           {"us", 1'000},
                           {"\u00b5s", 1'000},
                           {"\u03bcs", 1'000},
                           {"ms", 1'000'000},
                           {"s", 1'000'000'000},
                           {"m", 60'000'000'000},
                           {"h", 3'600'000'000'000}};

const Unit* unit_named(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One "<number><unit>" of a Go duration; its nanoseconds are added to `total`.
bool take_term(std::string_view& text, Wide& total) {
  size_t at = 0;
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
  const std::string number(text.substr(0, at));
  if (number.empty() || number == "." || number.find('.') != number.rfind('.')) return false;
  text.remove_prefix(at);
  at = 0;
  while (at < text.size() && !is_digit(text[at]) && text[at] != '.') ++at;
  const Unit* unit = unit_named(text.substr(0, at));
  if (unit == nullptr) return false;
  text.remove_prefix(at);
  const size_t dot = number.find('.');
  Wide whole = 0;
  for (const char c : number.substr(0, dot)) {
    whole = whole * 10 + (c - '0');
    if (whole > INT64_MAX) return false;
  }
  total += whole * unit->nanos;
  if (dot != std::string::npos) {
    Wide scale = unit->nanos;
    for (const char c : number.substr(dot + 1)) {
      if (scale < 10) break;
      scale /= 10;
      total += (c - '0') * scale;
    }
  }
  return total <= INT64_MAX;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// `nanos` as a decimal of `unit` with the fraction's trailing zeros removed.
std::string decimal(uint64_t nanos, uint64_t unit) {
  std::string out = std::to_string(nanos / unit);
  uint64_t rest = nanos % unit;
  if (rest == 0) return out;
  std::string fraction = std::to_string(unit + rest).substr(1);
  while (fraction.back() == '0') fraction.pop_back();
  return out + "." + fraction;
}

}  // namespace

std::string format_rfc3339(Time t) {
  const Civil c = civil_of(t);
  std::string out = format_to_seconds(c);
  if (c.nanos != 0) {
    out += '.';
    append_padded(out, c.nanos, 9);
    while (out.back() == '0') out.pop_back();
  }
  out += 'Z';
  return out;
}

std::string format_rfc3339_seconds(Time t) { return format_to_seconds(civil_of(t)) + "Z"; }

std::string format_rfc3339_millis(Time t) {
  const Civil c = civil_of(t);
  std::string out = format_to_seconds(c);
  out += '.';
  append_padded(out, c.nanos / 1'000'000, 3);
  out += 'Z';
  return out;
}

Result<Time> parse_rfc3339(std::string_view whole) {
  using namespace std::chrono;
  std::string_view text = whole;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, nanos = 0, offset = 0;
  const bool shaped = take_digits(text, 4, y) && take(text, '-') && take_digits(text, 2, mo) &&
                      take(text, '-') && take_digits(text, 2, d) && (take(text, 'T') || take(text, 't')) &&
                      take_digits(text, 2, h) && take(text, ':') && take_digits(text, 2, mi) &&
                      take(text, ':') && take_digits(text, 2, s) && take_fraction(text, nanos) &&
                      take_offset(text, offset) && text.empty();
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!shaped || !date.ok() || h > 23 || mi > 59 || s > 60) {
    return invalid("cannot parse " + quoted(whole) + " as an RFC 3339 time");
  }
  if (y < 1678 || y > 2261) return kZeroTime;
  return Time(sys_days{date}.time_since_epoch() + hours{h} + minutes{mi - offset} +
              std::chrono::seconds{s} + nanoseconds{nanos});
}

std::string format_go_duration(Duration d) {
  if (d.count() == 0) return "0s";
  const bool negative = d.count() < 0;
  const uint64_t nanos = negative ? 0 - static_cast<uint64_t>(d.count()) : static_cast<uint64_t>(d.count());
  std::string out = negative ? "-" : "";
  if (nanos < 1'000) return out + std::to_string(nanos) + "ns";
  if (nanos < 1'000'000) return out + decimal(nanos, 1'000) + "\u00b5s";
  if (nanos < 1'000'000'000) return out + decimal(nanos, 1'000'000) + "ms";
  const uint64_t minute = 60'000'000'000ull;
  const uint64_t minutes = nanos / minute;
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  return out + decimal(nanos % minute, 1'000'000'000) + "s";
}

Result<Duration> parse_go_duration(std::string_view whole) {
  std::string_view text = whole;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text == "0") return Duration{0};
  Wide total = 0;
  if (text.empty()) return invalid("time: invalid duration " + quoted(whole));
  while (!text.empty()) {
    if (!take_term(text, total)) return invalid("time: invalid duration " + quoted(whole));
  }
  const int64_t nanos = static_cast<int64_t>(total);
  return Duration{negative ? -nanos : nanos};
}

Result<Duration> parse_api_duration(std::string_view text) {
  if (text.empty()) return Duration{0};
  std::string_view digits = text;
  if (digits.front() == '-' || digits.front() == '+') digits.remove_prefix(1);
  const bool days = !digits.empty() && digits.back() == 'd';
  if (days) digits.remove_suffix(1);
  bool plain = !digits.empty() && digits.size() <= 12;
  for (const char c : digits) plain = plain && is_digit(c);
  if (!plain && days) {
    text.remove_suffix(1);
    return invalid("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
  }
  if (!plain) return parse_go_duration(text);
  int64_t count = 0;
  for (const char c : digits) count = count * 10 + (c - '0');
  if (days) count *= 86'400;
  if (count > INT64_MAX / 1'000'000'000) return invalid("time: invalid duration " + quoted(text));
  return seconds(text.front() == '-' ? -count : count);
}

}  // namespace bao::base
