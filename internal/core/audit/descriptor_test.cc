// A device that is slow is waited for, whatever happens meanwhile.
#include "internal/core/audit/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace bao::core::audit {
namespace {

std::atomic<int> signals{0};

TEST(Descriptor, ASignalIsNoReasonToGiveUp) {
  struct sigaction action {}, before {};
  action.sa_handler = [](int) { ++signals; };
  sigaction(SIGUSR1, &action, &before);
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const std::string much(size_t{1} << 20, 'x');
  while (write(ends[1], much.data(), much.size()) > 0) {
  }
  std::atomic<bool> done{false};
  std::thread writer([&, to = Descriptor(ends[1])] {
    size_t written = 0;
    const auto status = to.write_all("line\n", std::chrono::steady_clock::now() + std::chrono::hours(1), written);
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message());
    done = true;
  });
  while (signals < 200 && !done) {
    pthread_kill(writer.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  EXPECT_FALSE(done) << "nobody has read anything";
  std::string taken(size_t{1} << 20, '\0');
  while (!done) (void)read(ends[0], taken.data(), taken.size());
  writer.join();
  close(ends[0]);
  sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace bao::core::audit
