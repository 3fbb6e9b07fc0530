// Requests that another node is to answer (README): the one that leads and is active, whoever that is by then. And those that other
// members ask of this node. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/cluster/call_pool.h"
#include "internal/cluster/leadership.h"
#include "internal/core/ha/cluster.h"
#include "internal/raft/transport/transport.h"

namespace bao::cluster {

// What a call is answered with begins with one of these.
inline constexpr char kDone = '1', kNotNow = '0';

class LeaderCalls {
 public:
  // nullptr: nobody can be called yet.
  using Speaking = std::function<raft::Transport*()>;
  LeaderCalls(raft::NodeId own, Leadership& leadership, Speaking speaking)
      : own_(own), leadership_(leadership), speaking_(std::move(speaking)) {}

  // As core::Cluster says of both.
  base::Result<std::string> ask(const std::string& request, std::chrono::milliseconds at_most);
  bool await_successor(std::chrono::milliseconds at_most);

  // Who answers what others ask; nullptr: nobody, when those under way have ended.
  void on_ask(core::Cluster::Answer answer) EXCLUDES(mutex_);
  // Another member asks.
  void asked(std::string request, std::function<void(std::string)> reply) EXCLUDES(mutex_);
  void stop() { pool_.stop(); }

 private:
  base::Result<std::string> call(raft::Transport& transport, const Leadership::Leader& leader, std::string message,
                                 Leadership::Clock::time_point until);
  bool await_news(const Leadership::Leader& seen, Leadership::Clock::time_point until);

  const raft::NodeId own_;
  Leadership& leadership_;
  const Speaking speaking_;
  base::Mutex mutex_{base::Rank::cluster};
  std::shared_ptr<const core::Cluster::Answer> answer_ GUARDED_BY(mutex_);
  CallPool pool_;
};

}  // namespace bao::cluster
