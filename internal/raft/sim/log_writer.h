// The thread that writes the log, as callbacks: one write and one fsync for all batches that wait (group commit), then
// their messages leave and the core is told. Crashes strike between its steps.
#pragma once

#include <deque>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class Host;

class LogWriter {
 public:
  explicit LogWriter(Host& host) : host_(host) {}
  void enqueue(AppendBatch batch);
  // Tells the core when the disk does not answer for an election timeout, and when it does again.
  void watch();
  // The disk is well again: what hangs is done now.
  void hurry();
  bool busy() const { return !queue_.empty(); }
  size_t waiting() const { return queue_.size(); }

 private:
  struct Waiting {
    AppendBatch batch;
    Time since;
  };
  void begin();
  void write(size_t count);
  void finish(uint64_t write);
  void retry();
  void fail();
  void end_process();
  void tell(StorageHealth health);

  Host& host_;
  std::deque<Waiting> queue_;
  bool writing_ = false;
  size_t count_ = 0;     // batches in the write that waits for its fsync
  uint64_t writes_ = 0;  // begun or done
  StorageHealth health_ = StorageHealth::good;
};

}  // namespace bao::raft::sim
