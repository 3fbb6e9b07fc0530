// Each request that a node could not answer as it should has its line, without anything that a client sent.
#include "internal/base/fault_log.h"

#include <gtest/gtest.h>

#include "internal/base/log_watch.h"

namespace bao::base {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr FailedRequest kRequest{"id-1", "update", "kv_1", "{path:any}"};

TEST(FaultLog, TellsWhichRequestWhyAndWhere) {
  LogWatch watch(LogLevel::warn, LogFormat::text);
  log_fault(kRequest, Code::corrupt, corrupt("an entry cannot be read").words());
  const std::string line = watch.next(kPatience);
  for (const char* part : {"[ERROR] request: a request failed: ", "request_id=id-1", "operation=update", "mount=kv_1", "route={path:any}", "code=corrupt",
                           "reason=\"an entry cannot be read\"", "origin=internal/base/fault_log_test.cc:16"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << "\n" << line;
  }
}

TEST(FaultLog, TellsNothingThatAClientSent) {
  LogWatch watch(LogLevel::warn, LogFormat::text);
  log_fault(kRequest, Code::internal, internal("no such role: " + std::string("CANARY")).words());
  const std::string line = watch.next(kPatience);
  EXPECT_EQ(line.find("CANARY"), std::string::npos) << line;
  EXPECT_NE(line.find("reason=\"\" origin=internal/base/fault_log_test.cc"), std::string::npos) << line;
}

TEST(LinesASecond, AreBoundedAndWhatWasLeftOutIsCounted) {
  LinesASecond lines(2);
  const LinesASecond::Time now(std::chrono::seconds(1'000));
  EXPECT_EQ(lines.take(now), 0);
  EXPECT_EQ(lines.take(now), 0);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(lines.take(now), std::nullopt);
  EXPECT_EQ(lines.take(now + std::chrono::seconds(1)), 5);
  EXPECT_EQ(lines.take(now + std::chrono::seconds(1)), 0);
}

}  // namespace
}  // namespace bao::base
