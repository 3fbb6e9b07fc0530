// Whoever exchanges a listener may take away what the earlier one used.
#include "internal/base/listener.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

namespace bao::base {
namespace {

TEST(Listener, TheOneInForceIsTold) {
  Listener<int> listener;
  listener.tell(1);
  int first = 0, second = 0;
  listener.set([&](int n) { first += n; });
  listener.tell(2);
  listener.set([&](int n) { second += n; });
  listener.tell(3);
  listener.set(nullptr);
  listener.tell(4);
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 3);
}

TEST(Listener, UnsettingWaitsForAllCallsUnderWay) {
  constexpr int kCallers = 2;
  Listener<> listener;
  std::counting_semaphore<> begun{0}, go_on{0};
  std::atomic<int> ended{0};
  listener.set([&] {
    begun.release();
    go_on.acquire();
    ++ended;
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) callers.emplace_back([&] { listener.tell(); });
  for (int i = 0; i < kCallers; ++i) begun.acquire();
  int ended_by_then = 0;
  std::thread unsetter([&] {
    listener.set(nullptr);
    ended_by_then = ended;
  });
  go_on.release(kCallers);
  unsetter.join();
  EXPECT_EQ(ended_by_then, kCallers);
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace bao::base
