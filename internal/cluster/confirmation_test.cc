// A round answers those who came before it began, and nobody else.
#include "internal/cluster/confirmation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>
#include <vector>

namespace bao::cluster {
namespace {

TEST(Confirmation, WhoComesWhileARoundIsUnderWaySharesTheNextOne) {
  std::atomic<uint64_t> rounds{0};
  std::counting_semaphore<> entered{0}, go_on{0};
  Confirmation confirmation([&]() -> base::Result<base::Index> {
    entered.release();
    go_on.acquire();
    return base::Index{++rounds};
  });
  std::thread first([&] { EXPECT_GE(*confirmation.get(), base::Index{1}); });
  entered.acquire();  // the first round has begun: whoever comes now needs another
  std::atomic<int> came{0};
  std::vector<std::thread> later;
  for (int i = 0; i < 8; ++i) {
    later.emplace_back([&] {
      ++came;
      EXPECT_GE(*confirmation.get(), base::Index{2});
    });
  }
  while (came < 8) std::this_thread::yield();
  go_on.release(100);
  for (std::thread& thread : later) thread.join();
  first.join();
  EXPECT_LE(rounds.load(), 9u);
}

TEST(Confirmation, AnErrorIsOfItsRoundOnly) {
  int round = 0;
  Confirmation confirmation([&]() -> base::Result<base::Index> {
    if (++round == 1) return base::Error(base::Code::unavailable, "nobody leads");
    return base::Index{7};
  });
  EXPECT_EQ(confirmation.get().error().code(), base::Code::unavailable);
  EXPECT_EQ(*confirmation.get(), base::Index{7});
}

// The clock is moved by who waits for it.
TEST(Confirmation, AFloodOfThemIsFewQuestions) {
  using std::chrono::milliseconds;
  Pace::Time now{};
  int rounds = 0;
  Confirmation confirmation(
      [&]() -> base::Result<base::Index> {
        ++rounds;
        return base::Index{1};
      },
      Pace(milliseconds(10), 5), {[&] { return now; }, [&](Pace::Time until) { now = until; }});
  now += std::chrono::hours(1);
  const Pace::Time begin = now;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(confirmation.get().ok());
  EXPECT_EQ(now, begin) << "a few at once wait for nothing";
  while (now < begin + std::chrono::seconds(1)) ASSERT_TRUE(confirmation.get().ok());
  EXPECT_GE(rounds, 100);
  EXPECT_LE(rounds, 106);
  now += milliseconds(25);
  const Pace::Time later = now;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(confirmation.get().ok());
  EXPECT_EQ(now, later) << "two were left out meanwhile";
}

}  // namespace
}  // namespace bao::cluster
