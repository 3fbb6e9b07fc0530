// Every connection of a server: one thread each (ARCHITECTURE D14), bounded in number. Knows who is idle, so that a full
// house makes room and draining doesn't wait for keep-alive. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>

#include "internal/base/clock.h"
#include "internal/base/limits.h"
#include "internal/base/mutex.h"
#include "internal/http/transport.h"

namespace bao::http {

// For the threads of connections and listeners: signals are the main thread's, but for that of a profile (SIGPROF) and the fault
// that it may meet (SIGSEGV, internal/profiling); a write to a closed socket is an error value, not a signal.
void block_signals();

class Connections : public std::enable_shared_from_this<Connections> {
 public:
  explicit Connections(size_t at_most = base::kConnectionsMax) : at_most_(at_most) {}

  // One connection's place. The idle mark is its thread's; others read it.
  class Seat {
   public:
    explicit Seat(Transport& transport) : transport_(transport) {}
    void idle() { idle_since_ = std::chrono::steady_clock::now().time_since_epoch().count(); }
    void busy() { idle_since_ = 0; }

   private:
    friend class Connections;
    Transport& transport_;
    std::atomic<int64_t> idle_since_{0};  // 0: busy
  };

  // Runs `serve` on a thread of its own with the transport's seat, and takes the seat away after it. False when there is
  // no thread or no room to be had; the transport is closed then.
  bool start(std::unique_ptr<Transport> transport, std::function<void(Transport&, Seat&)> serve);

  bool draining() const { return draining_.load(); }
  // Nobody new; idle connections end now, the others after what they are doing. False when some are left after that long:
  // they are cut off, and `wait` waits for them.
  bool drain(base::Duration at_most);
  void wait();
  size_t count() const;

 private:
  struct Started;
  static void* run(void* started);
  bool make_room() REQUIRES(mutex_);
  void leave(std::list<Seat*>::iterator place);

  const size_t at_most_;
  mutable base::Mutex mutex_{base::Rank::listener};
  base::Condition left_;
  std::list<Seat*> seats_ GUARDED_BY(mutex_);
  size_t count_ GUARDED_BY(mutex_) = 0;  // threads started and not ended
  std::atomic<bool> draining_{false};
};

}  // namespace bao::http
