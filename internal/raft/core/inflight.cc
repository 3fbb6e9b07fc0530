// The window of one peer.
#include "internal/raft/core/inflight.h"

#include "internal/base/ensure.h"

namespace bao::raft {

void Inflight::add(Index end, size_t bytes) {
  ENSURE(!full(), "nothing is sent through a full window");
  ENSURE(sent_.empty() || sent_.back().end < end, "a window rises");
  sent_.push_back({end, bytes});
  bytes_ += bytes;
}

void Inflight::free_to(Index match) {
  while (!sent_.empty() && sent_.front().end <= match) {
    bytes_ -= sent_.front().bytes;
    sent_.pop_front();
  }
}

void Inflight::clear() {
  sent_.clear();
  bytes_ = 0;
}

}  // namespace bao::raft
