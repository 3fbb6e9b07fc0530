#include "cmd/raft_bench/fsync_time.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "cmd/raft_bench/expect.h"

namespace bao::raft_bench {
namespace {

constexpr int kPages = 1024, kRounds = 4000;

}  // namespace

FsyncTime measure_fsync(const std::string& folder) {
  using Clock = std::chrono::steady_clock;
  const std::string file = folder + "/fsync";
  const int descriptor = open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  expect(descriptor >= 0, file + " cannot be made");
  const std::string page(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < kPages + kRounds; ++i) {
    const auto begin = Clock::now();
    expect(pwrite(descriptor, page.data(), page.size(), off_t{4096} * (i % kPages)) == 4096, file + " cannot be written");
    if (i < kPages && i + 1 != kPages) continue;  // until the file has its length
    expect(fdatasync(descriptor) == 0, file + " cannot be synced");
    if (i >= kPages) times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  close(descriptor);
  unlink(file.c_str());
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

}  // namespace bao::raft_bench
