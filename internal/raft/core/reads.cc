// Rounds of ReadIndex.
#include "internal/raft/core/reads.h"

#include <utility>

namespace bao::raft {

uint64_t ReadRounds::start(Index commit, bool serve) {
  ++round_;
  if (!serve) return round_;
  for (const ReadAsker& asker : std::exchange(waiting_, {})) started_.push_back({round_, {asker, commit}});
  return round_;
}

std::vector<ReadRounds::Confirmed> ReadRounds::release(uint64_t confirmed) {
  std::vector<Confirmed> reads;
  while (!started_.empty() && started_.front().round <= confirmed) {
    reads.push_back(started_.front().read);
    started_.pop_front();
  }
  return reads;
}

std::vector<ReadAsker> ReadRounds::drain() {
  std::vector<ReadAsker> askers;
  for (const Started& started : std::exchange(started_, {})) askers.push_back(started.read.asker);
  for (const ReadAsker& asker : std::exchange(waiting_, {})) askers.push_back(asker);
  return askers;
}

}  // namespace bao::raft
