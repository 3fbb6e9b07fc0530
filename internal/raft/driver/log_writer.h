// The log writer: the one queue whose orders write the log store. Batches that wait together become one transaction and one
// fsync; then their messages leave and the core hears that they are durable. Old entries are forgotten a few at a time with
// what is written (nobody waits for that, and it costs no fsync), or between writes when there are none.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "internal/raft/core/output.h"
#include "internal/raft/driver/queue_thread.h"
#include "internal/raft/log/log_store.h"

namespace bao::raft {

// What the log keeps although the state machine holds it durably, for members that are a little late: entries up to both
// bounds. Beyond, it is cut to half of that.
struct TrailingLog {
  uint64_t bytes = uint64_t{64} << 20;
  uint64_t entries = 10'240;
};

// What the writer tells; called on the thread that writes: its own, or one that helps.
struct LogWriterEvents {
  std::function<void(std::vector<Envelope>& messages)> send;
  std::function<void(AppendSequence first, AppendSequence last)> done;
  std::function<void()> rested;  // its own thread has written something, and does not hold the log any more
  std::function<void(AppendSequence first)> failed;  // no room
  std::function<void(LogStart start)> compacted;
  std::function<void(const base::Error& error)> broken;  // it is unknown what is on the disk: the process must end
};

class LogWriter {
 public:
  LogWriter(LogStore& store, GroupId group, LogWriterEvents events);
  // Wakes nobody: help() or kick() follows.
  void append(AppendBatch batch);
  void help() { thread_.help(); }
  void kick() { thread_.kick(); }
  // After a failure everything is dropped until this.
  void resume();
  // Forgets what is beyond `trailing`, never anything after `durable`.
  void trim(Index durable, TrailingLog trailing);
  void stop() { thread_.stop(); }
  // How long the oldest batch that is not durable has been waiting; zero: none does.
  std::chrono::steady_clock::duration oldest_age() const;

 private:
  struct Resume {};
  struct Trim {
    Index durable;
    TrailingLog trailing;
  };
  struct Compact { Index up_to; };
  using Order = std::variant<AppendBatch, Resume, Trim, Compact>;

  void handle(std::vector<Order>& orders);
  void write(std::vector<AppendBatch>& batches);
  std::optional<Index> beyond(const Trim& trim) const;
  void forget_with(std::vector<LogWrite>& writes) const;
  void tell_start();
  void compact(Index up_to);

  LogStore& store_;
  const GroupId group_;
  const LogWriterEvents events_;
  std::optional<Index> forget_to_;            // of whoever writes: up to here the log may be cut
  Index told_start_;                          // of the log, as far as the core knows
  bool written_ = false;                      // since the last Trim
  bool full_ = false;                         // of whoever writes
  std::atomic<int64_t> waiting_since_ns_{0};  // 0: nothing waits
  std::atomic<int64_t> waiting_{0};
  QueueThread<Order> thread_;                 // last: it uses the rest
};

}  // namespace bao::raft
