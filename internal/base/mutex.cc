#include "internal/base/mutex.h"

#include "internal/base/ensure.h"

namespace bao::base {
namespace {
constexpr int kHeldMax = 16;
thread_local int held_ranks[kHeldMax];
thread_local int held_count = 0;
}  // namespace

void Mutex::lock() {
  const int rank = static_cast<int>(rank_);
  for (int i = 0; i < held_count; ++i) {
    ENSURE(held_ranks[i] < rank, "locks are taken in rising rank");
  }
  ENSURE(held_count < kHeldMax, "too many locks held by one thread");
  mutex_.lock();
  held_ranks[held_count++] = rank;
}

void Mutex::unlock() {
  const int rank = static_cast<int>(rank_);
  int at = held_count - 1;
  while (at >= 0 && held_ranks[at] != rank) --at;
  ENSURE(at >= 0, "unlock of a lock that this thread does not hold");
  for (; at + 1 < held_count; ++at) held_ranks[at] = held_ranks[at + 1];
  --held_count;
  mutex_.unlock();
}

}  // namespace bao::base
