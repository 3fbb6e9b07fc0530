// What members tell each other of themselves, and how it gets into the configuration (README). Thread-safe, but for what says otherwise.
#pragma once

#include <string>
#include <string_view>

#include "internal/cluster/leadership.h"
#include "internal/cluster/roster.h"
#include "internal/raft/driver/driver.h"
#include "internal/raft/transport/transport.h"

namespace bao::cluster {

class News {
 public:
  using Clock = std::chrono::steady_clock;
  News(Roster& roster, Leadership& leadership) : roster_(roster), leadership_(leadership) {}

  // Of the cluster thread: a second has passed since somebody was told.
  bool due(Clock::time_point now) const { return now >= again_; }
  // Of the cluster thread: tells those who are to be told, if it is due.
  void tell(raft::Transport& transport, Clock::time_point now);
  // `from` tells, over a connection that its certificate proved: the answer.
  std::string told(raft::NodeId from, std::string_view text);
  // What whoever leads takes into the configuration now.
  raft::ConfigurationChange changes(const raft::DriverStatus& status) const;

 private:
  void take(raft::NodeId from, std::string_view text);
  bool leaderless() const { return leadership_.leader().id == raft::kNobody; }

  Roster& roster_;
  Leadership& leadership_;
  Clock::time_point again_{};
};

}  // namespace bao::cluster
