// The appends to one peer that are not answered yet, in order: bounded in number and bytes. Owned by the core.
#pragma once

#include <cstddef>
#include <deque>

#include "internal/raft/core/types.h"

namespace bao::raft {

class Inflight {
 public:
  Inflight(size_t messages_max, size_t bytes_max) : messages_max_(messages_max), bytes_max_(bytes_max) {}
  // Full means that nothing more may be sent; the last message before may exceed the bytes.
  bool full() const { return sent_.size() >= messages_max_ || bytes_ >= bytes_max_; }
  void add(Index end, size_t bytes);
  // An answer for everything up to `match`.
  void free_to(Index match);
  void clear();
  size_t messages() const { return sent_.size(); }
  size_t bytes() const { return bytes_; }
  size_t messages_max() const { return messages_max_; }

 private:
  struct Sent { Index end; size_t bytes; };
  size_t messages_max_, bytes_max_;
  std::deque<Sent> sent_;
  size_t bytes_ = 0;
};

}  // namespace bao::raft
