#include "internal/base/log_watch.h"

#include <gtest/gtest.h>

#include <thread>

namespace bao::base {
namespace {

constexpr std::chrono::seconds kPatience{20};

TEST(LogWatch, SeesWhatTheLogItselfLeavesOut) {
  ASSERT_FALSE(log_enabled(LogLevel::debug, "core"));
  LogWatch watch(LogLevel::debug, LogFormat::text);
  EXPECT_TRUE(log_enabled(LogLevel::debug, "core"));
  testing::internal::CaptureStderr();
  log_debug("core", "looked", {{"at", "a place"}});
  log(LogLevel::trace, "core", "stared");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  const std::string seen = watch.next(kPatience);
  EXPECT_NE(seen.find(" [DEBUG] core: looked: at=\"a place\"\n"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("stared"), std::string::npos);
}

TEST(LogWatch, EachSeesItsOwnLevelAndForm) {
  LogWatch json(LogLevel::debug, LogFormat::json), errors(LogLevel::error, LogFormat::text);
  log_debug("core", "first");
  log(LogLevel::error, "core", "second");
  EXPECT_EQ(json.next(kPatience).find("{\"@level\":\"debug\",\"@message\":\"first\""), 0u);
  const std::string seen = errors.next(kPatience);
  EXPECT_EQ(seen.find("first"), std::string::npos);
  EXPECT_NE(seen.find("second"), std::string::npos);
}

TEST(LogWatch, WhoReadsTooSlowlyIsToldHowMuchWasMissed) {
  LogWatch watch(LogLevel::debug, LogFormat::text);
  const std::string long_text(10'000, 'x');
  for (int i = 0; i < 100; ++i) log_debug("core", long_text);
  const std::string seen = watch.next(kPatience);
  EXPECT_LT(seen.size(), size_t{300'000});
  EXPECT_NE(seen.find("lines were left out"), std::string::npos);
  log_debug("core", "after");
  EXPECT_EQ(watch.next(kPatience).find("lines were left out"), std::string::npos);
}

TEST(LogWatch, WaitsForTheFirstLineOfAnyThread) {
  LogWatch watch(LogLevel::debug, LogFormat::text);
  std::thread writer([] { log_debug("core", "from elsewhere"); });
  EXPECT_NE(watch.next(kPatience).find("from elsewhere"), std::string::npos);
  writer.join();
}

TEST(LogWatch, NobodyWatchesAfterwards) {
  { LogWatch watch(LogLevel::trace, LogFormat::text); }
  EXPECT_FALSE(log_enabled(LogLevel::trace, "core"));
}

}  // namespace
}  // namespace bao::base
