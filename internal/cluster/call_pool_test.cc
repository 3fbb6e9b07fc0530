// Whoever asks is answered: by what ran, or by hearing that nothing did.
#include "internal/cluster/call_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

#include "internal/base/limits.h"

namespace bao::cluster {
namespace {

TEST(CallPool, WhatWaitsWhenItStopsIsRefusedAndWhatRunsEnds) {
  CallPool pool;
  std::atomic<int> ran{0}, refused{0};
  std::counting_semaphore<> go_on{0};
  std::latch all_busy(static_cast<std::ptrdiff_t>(base::kForwardThreadsMax));
  for (size_t i = 0; i < base::kForwardThreadsMax; ++i) {
    pool.run({[&] {
                all_busy.count_down();
                go_on.acquire();
                ++ran;
              },
              [&] { ++refused; }});
  }
  all_busy.wait();
  constexpr int kWaiting = 5;
  std::latch told(kWaiting);
  for (int i = 0; i < kWaiting; ++i) {
    pool.run({[&] { ++ran; },
              [&] {
                ++refused;
                told.count_down();
              }});
  }
  std::thread stopper([&] { pool.stop(); });
  told.wait();  // before those that run have ended
  EXPECT_EQ(ran, 0);
  go_on.release(static_cast<std::ptrdiff_t>(base::kForwardThreadsMax));
  stopper.join();
  EXPECT_EQ(ran, static_cast<int>(base::kForwardThreadsMax));
  pool.run({[&] { ++ran; }, [&] { ++refused; }});
  EXPECT_EQ(refused, kWaiting + 1);
}

}  // namespace
}  // namespace bao::cluster
