// One task of a name at a time; stopping waits for what runs and lets nothing new begin.
#include "internal/core/background/background_tasks.h"

#include <gtest/gtest.h>

#include <semaphore>

namespace bao::core {
namespace {

TEST(BackgroundTasks, OneOfANameAtATime) {
  BackgroundTasks tasks;
  EXPECT_FALSE(tasks.start("early", [] {}));
  tasks.open();
  std::binary_semaphore begun{0}, go_on{0}, done{0};
  ASSERT_TRUE(tasks.start("tidy", [&] {
    begun.release();
    go_on.acquire();
  }));
  begun.acquire();
  EXPECT_FALSE(tasks.start("tidy", [] {}));
  EXPECT_TRUE(tasks.start("other", [&] { done.release(); }));
  done.acquire();
  go_on.release();
  while (!tasks.start("tidy", [&] { done.release(); })) std::this_thread::yield();
  done.acquire();
}

TEST(BackgroundTasks, StoppingWaitsAndRefuses) {
  BackgroundTasks tasks;
  tasks.open();
  bool ended = false;
  std::binary_semaphore begun{0};
  ASSERT_TRUE(tasks.start("tidy", [&] {
    begun.release();
    ended = true;
  }));
  begun.acquire();
  tasks.stop();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(tasks.start("tidy", [] {}));
  tasks.open();
  EXPECT_TRUE(tasks.start("tidy", [] {}));
}

}  // namespace
}  // namespace bao::core
