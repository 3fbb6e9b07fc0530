// Mutex with clang's thread-safety annotations and a rank: a thread takes locks in rising rank only,
// checked by ENSURE (thread-local, a few nanoseconds). No recursion. Thread-safe by nature.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define BAO_TS(x) __attribute__((x))
#else
#define BAO_TS(x)
#endif
#define GUARDED_BY(m) BAO_TS(guarded_by(m))
#define REQUIRES(...) BAO_TS(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) BAO_TS(locks_excluded(__VA_ARGS__))

namespace bao::base {

// Outer locks first. A new lock gets a rank of its own here.
enum class Rank : int {
  listener = 10,
  client_request = 15,  // of the API client: what interrupts it
  core_state = 20,
  seal = 30,
  joining = 32,  // taken by an unsealing
  ceremony = 33,  // held over its last step, storage included
  node_key = 34,  // held while the barrier seals its file
  keyring = 35,
  mounts = 40,
  token_cache = 50,
  policy_cache = 60,
  expiration = 70,
  engine = 80,
  invalidation = 90,
  cluster = 93,
  storage_forming = 96,
  barrier = 100,
  raft_transport = 102,
  raft_peers = 104,
  raft_stream = 106,
  raft_driver = 108,
  storage_queue = 110,
  storage_pool = 120,
  checkpoint = 125,
  sqlite = 130,
  lease_wakeup = 140,  // taken by the applier's listener
  background_job = 180,
  metrics = 190,
  log = 200,
};

class BAO_TS(capability("mutex")) Mutex {
 public:
  explicit Mutex(Rank rank) : rank_(rank) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() BAO_TS(acquire_capability());
  void unlock() BAO_TS(release_capability());
  Rank rank() const { return rank_; }

 private:
  friend class Condition;
  std::mutex mutex_;
  const Rank rank_;
};

class BAO_TS(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) BAO_TS(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() BAO_TS(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Condition variable for Mutex; waits take a predicate (no wait without one).
class Condition {
 public:
  template <typename Predicate>
  void wait(Mutex& mutex, Predicate done) BAO_TS(no_thread_safety_analysis) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    variable_.wait(lock, done);
    lock.release();
  }
  // False when the time passed and the predicate still does not hold.
  template <typename Period, typename Predicate>
  bool wait_for(Mutex& mutex, Period period, Predicate done) BAO_TS(no_thread_safety_analysis) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool held = variable_.wait_for(lock, period, done);
    lock.release();
    return held;
  }
  void notify_one() { variable_.notify_one(); }
  void notify_all() { variable_.notify_all(); }

 private:
  std::condition_variable variable_;
};

}  // namespace bao::base
