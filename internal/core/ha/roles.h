// The roles of an unsealed node, and their transitions (ARCHITECTURE D13):
//
//   from      when                                            do                                      to
//   sealed    begin(): unsealed, everything is loaded         nothing: it answers reads               standby
//   standby   the cluster says it leads (or there is none)    term barrier, then take_up: the writers active
//   active    the cluster says it leads no more               lay_down: the writers end               standby
//   any       end(): it is sealed, or the node ends           lay_down if it was active               sealed
//
// A node that cannot take up tries again while it leads, and hands over when it cannot for long. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/core/ha/cluster.h"

namespace bao::core {

enum class Role : uint8_t { sealed, standby, active };

class Roles {
 public:
  struct Steps {
    std::function<base::Status(base::Term reign)> take_up;  // may write; everything of earlier terms is applied
    std::function<void()> lay_down;                         // after it nothing is written by itself
    std::function<void()> follow;  // a standby's chance to read what others changed; seldom, on the roles' thread
  };
  // nullptr: no cluster. The steps never call back into this class but role() and active().
  Roles(Cluster* cluster, const base::Clock& clock, Steps steps);
  ~Roles() { end(); }

  // Where this node leads already it is active when this returns, or the error of take_up is. By one thread at a time, as end().
  base::Status begin();
  void end() EXCLUDES(mutex_);

  Role role() const { return role_.load(std::memory_order_acquire); }
  bool active() const { return role() == Role::active; }
  // The term in which this node is active; 0: it isn't, or there is no cluster.
  base::Term reign() const { return active() ? base::Term{term_.load()} : base::Term{}; }
  base::Time active_since() const { return base::Time(base::Duration(active_since_.load())); }
  // Waits for it while the cluster says that this node leads; false where it does not, or not within that time.
  bool await_active(std::chrono::milliseconds at_most) EXCLUDES(mutex_);
  // Once the leadership was handed over: until this node acts accordingly, at most that long.
  void await_end_of_reign(std::chrono::milliseconds at_most) EXCLUDES(mutex_);
  // Wakes the thread for follow().
  void wake() EXCLUDES(mutex_);

 private:
  base::Status take_up(base::Term term);
  void lay_down();
  void run();
  void step(int& failures);

  Cluster* const cluster_;
  const base::Clock& clock_;
  const Steps steps_;
  std::atomic<Role> role_{Role::sealed};
  std::atomic<int64_t> active_since_{0};  // nanoseconds
  std::atomic<uint64_t> term_{0};         // of this reign, set before it is active; by whoever takes up, one at a time
  base::Mutex mutex_{base::Rank::background_job};
  base::Condition changed_;
  uint64_t news_ GUARDED_BY(mutex_) = 0, reigns_ended_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::string told_;  // the last reason for not being active; the thread's alone
  std::thread thread_;
};

}  // namespace bao::core
