// Proposers of 1 KiB on one member: as fast as each is answered, or at a pace, when what is late counts from the moment it was
// due. Begun and ended by one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "internal/testing/cluster/member.h"

namespace bao::raft_bench {

struct LoadResult {
  uint64_t count = 0, failed = 0;
  double seconds = 0, p50_us = 0, p99_us = 0, max_us = 0;
};
std::string encode(const LoadResult& result);
LoadResult decode_load(const std::string& text);

class Load {
 public:
  // `per_second` of all proposers together; 0: no pace.
  Load(testing::cluster::Member& member, int proposers, int per_second);
  ~Load();
  LoadResult end();

 private:
  using Clock = std::chrono::steady_clock;
  void propose(size_t proposer, Clock::duration pace);

  testing::cluster::Member& member_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> failed_{0};
  std::vector<std::vector<float>> times_us_;  // one a proposer
  std::vector<std::thread> threads_;
};

// Keys that no Load writes, a KiB each, some megabytes together.
void fill(testing::cluster::Member& member, int megabytes);

}  // namespace bao::raft_bench
