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

 private:
  void pump();
  void load(const LoadRequest& request);
  Entries read(const LoadRequest& request);

  Host& host_;
  std::unique_ptr<Node> node_;
  View view_;
  Checks checks_;
  LogWriter writer_;
  Applier applier_;
  Serving serving_;
};

}  // namespace bao::raft::sim
