// After the storage put other data in the place of all that there was (a restored snapshot, one that the leader sent): this node
// loads everything anew, on a thread of its own, while requests wait at the door. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "internal/base/mutex.h"

namespace bao::core {

class Replacement {
 public:
  // `load` runs once for all that happened before it began.
  explicit Replacement(std::function<void()> load);
  ~Replacement() { stop(); }

  // From the storage's applier, which only counts and wakes. First that one begins, before anybody can see other data; then that it
  // happened, or that nothing came of it.
  void begins() EXCLUDES(mutex_);
  void happened() EXCLUDES(mutex_);
  void withdrawn() EXCLUDES(mutex_);
  // How many began: what was found out under another number may be of other data.
  uint64_t count() const { return begun_.load(std::memory_order_acquire); }
  // Waits until all of them are loaded, at most that long. The number of those.
  uint64_t await(std::chrono::milliseconds at_most) EXCLUDES(mutex_);
  // A load under way ends first.
  void stop() EXCLUDES(mutex_);

 private:
  void run();

  const std::function<void()> load_;
  std::atomic<uint64_t> begun_{0}, loaded_{0};
  base::Mutex mutex_{base::Rank::background_job};
  base::Condition changed_;
  uint64_t happened_ GUARDED_BY(mutex_) = 0;  // of those that begun_ counts
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::core
