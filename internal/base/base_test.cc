// What every folder relies on: errors that travel, secrets that vanish, times as Go prints them, ranked locks.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "internal/base/clock.h"
#include "internal/base/letters.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/base/time_format.h"

namespace bao::base {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return invalid("odd");
  return n / 2;
}

Result<int> quarter(int n) {
  ASSIGN_OR_RETURN(const int h, half(n));
  return half(h);
}

TEST(Result, ErrorsTravelAndGainContext) {
  EXPECT_EQ(*quarter(8), 2);
  const auto wrong = quarter(6);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code(), Code::invalid);
  EXPECT_EQ(wrong.error().within("quarter").message(), "quarter: odd");
}

TEST(ResultDeathTest, ValueOfAnErrorEndsTheProcess) {
  const Result<int> wrong = half(3);
  EXPECT_DEATH((void)wrong.value(), "value of an error");
}

TEST(Secret, MovesLeaveNothingBehindAndComparisonIsByValue) {
  SecretBytes key("0123456789abcdef0123456789abcdef");
  SecretBytes moved = std::move(key);
  EXPECT_TRUE(key.empty());  // NOLINT: the promise of this type
  EXPECT_TRUE(moved == SecretBytes("0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(moved == SecretBytes("0123456789abcdef0123456789abcdeX"));
  EXPECT_FALSE(equal_in_constant_time("a", "ab"));
}

TEST(Time, Rfc3339RoundTripsWithTrailingZerosRemoved) {
  for (const char* text : {"2026-01-02T15:04:05Z", "2026-01-02T15:04:05.9Z", "1999-12-31T23:59:59.123456789Z",
                           "0001-01-01T00:00:00Z", "2000-02-29T00:00:00Z"}) {
    const auto t = parse_rfc3339(text);
    ASSERT_TRUE(t.ok()) << text;
    EXPECT_EQ(format_rfc3339(*t), text);
  }
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-01-02T01:00:00+02:00")), "2026-01-01T23:00:00Z");
  EXPECT_EQ(format_rfc3339_millis(*parse_rfc3339("2026-01-02T01:00:00.0019Z")), "2026-01-02T01:00:00.001Z");
}

TEST(Time, Rfc3339RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-01-02", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T15:04:05",
                           "2026-01-02T15:04:05.Z", "2026-01-02T15:04:05Zx", "26-01-02T15:04:05Z"}) {
    EXPECT_FALSE(parse_rfc3339(text).ok()) << text;
  }
}

TEST(Duration, PrintsLikeGo) {
  EXPECT_EQ(format_go_duration(Duration{0}), "0s");
  EXPECT_EQ(format_go_duration(seconds(5400)), "1h30m0s");
  EXPECT_EQ(format_go_duration(seconds(65)), "1m5s");
  EXPECT_EQ(format_go_duration(std::chrono::milliseconds(1500)), "1.5s");
  EXPECT_EQ(format_go_duration(std::chrono::milliseconds(250)), "250ms");
  EXPECT_EQ(format_go_duration(Duration{1500}), "1.5\u00b5s");
  EXPECT_EQ(format_go_duration(seconds(-1)), "-1s");
  EXPECT_EQ(format_go_duration(Duration::min()), "-2562047h47m16.854775808s");
}

TEST(Duration, ReadsWhatTheApiTakes) {
  const std::pair<const char*, int64_t> good[] = {{"", 0},       {"3600", 3600}, {"-5", -5},     {"1h30m", 5400},
                                                  {"2d", 172800}, {"-1.5h", -5400}, {"0", 0},    {"1m0.5s", 60}};
  for (const auto& [text, want] : good) {
    const auto d = parse_api_duration(text);
    ASSERT_TRUE(d.ok()) << text;
    EXPECT_EQ(whole_seconds(*d), want) << text;
  }
  for (const char* text : {"1d6h", "x", "5x", "1.2.3s", ".s", "h", "99999999999999h", "9999999999999"}) {
    EXPECT_FALSE(parse_api_duration(text).ok()) << text;
  }
}

TEST(MutexDeathTest, LocksAreTakenInRisingRank) {
  Mutex outer(Rank::core_state);
  Mutex inner(Rank::log);
  {
    MutexLock a(outer);
    MutexLock b(inner);
  }
  EXPECT_DEATH(
      {
        MutexLock b(inner);
        MutexLock a(outer);
      },
      "rising rank");
}

// Two setters that meet must not leave some threads with one value and some with the other.
TEST(Published, AfterSettersThatMetEveryThreadSeesTheSameValue) {
  Published<int> published;
  for (int round = 0; round < 50; ++round) {
    std::vector<std::thread> setters;
    for (int value = 1; value <= 4; ++value) {
      setters.emplace_back([&published, value] { published.set(std::make_shared<const int>(value)); });
    }
    for (std::thread& setter : setters) setter.join();
    std::set<int> seen;
    for (int reader = 0; reader < 40; ++reader) {
      std::thread([&] { seen.insert(*published.get()); }).join();
    }
    EXPECT_EQ(seen.size(), 1u);
  }
  published.set(nullptr);
  EXPECT_EQ(published.get(), nullptr);
}

TEST(Letters, OfAsciiAloneAreLowered) {
  EXPECT_EQ(lower_case("A-z_@[`{Z"), "a-z_@[`{z");
  EXPECT_EQ(lower_case("\xc3\x84" "B"), "\xc3\x84" "b");
}

TEST(Letters, ATokenIsWhatHttpSaysItIs) {
  std::string tokens;
  for (int c = 0; c < 256; ++c) {
    if (is_token(std::string(1, static_cast<char>(c)))) tokens += static_cast<char>(c);
  }
  EXPECT_EQ(tokens, "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("a b"));
}

TEST(Metrics, ACounterIsOneByName) {
  counter("test.counter").add(2);
  counter("test.counter").add();
  EXPECT_EQ(counter("test.counter").value(), 3);
}

}  // namespace
}  // namespace bao::base
