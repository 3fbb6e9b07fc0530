// One process of one node: the real core, and everything that the core asks for, done in callbacks. Every Output is
// compared with what the core may do (checks.h) before it is done.
// Owned by the world's thread.
#pragma once

#include <memory>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/applier.h"
#include "internal/raft/sim/checks.h"
#include "internal/raft/sim/host.h"
#include "internal/raft/sim/log_writer.h"
#include "internal/raft/sim/serving.h"

namespace bao::raft::sim {

class Driver {
 public:
  Driver(Host& host, std::unique_ptr<Node> node);
  // Right after its making; `promised` is what was durable when the process before it ended.
  void started(const HardState& promised);

  // Every input goes through here: the core gets it, then its Output is done.
  template <typename Input>
  void input(Input&& give) {
    if (stopping()) return;
    give(*node_);
    pump();
  }
  void tick();
  void step(const Envelope& envelope);

  Host& host() { return host_; }
  Node& node() { return *node_; }
  // As of the last input.
  const View& view() const { return view_; }
  // What the core holds: the disk's log and everything still on the way there.
  const LogImage& log() const { return checks_.log(); }
  const Configuration& configuration() const { return checks_.configuration(); }
  LogWriter& writer() { return writer_; }
  Applier& applier() { return applier_; }
  Serving& serving() { return serving_; }
  Checks& checks() { return checks_; }
  // Cuts the log's beginning, as far as the plan wants.
  void compact();

  // In production's order: the core takes and says nothing more; the log writer, then the applier, do what was handed to
  // them; whoever still waits is answered; `then`.
  void stop(std::function<void()> then);
  bool stopping() const { return then_ != nullptr; }
  // The log writer or the applier has nothing to do any more.
  void rested();
  // Something was done in this process.
  void count_event();

 private:
  void pump();
  void finish_stop();
  void load(const LoadRequest& request);
  Entries read(const LoadRequest& request);

  Host& host_;
  std::unique_ptr<Node> node_;
  View view_;
  Checks checks_;
  LogWriter writer_;
  Applier applier_;
  Serving serving_;
  std::function<void()> then_;
  bool finishing_ = false;
  size_t events_left_ = 0;  // until the end of a stop
};

}  // namespace bao::raft::sim
