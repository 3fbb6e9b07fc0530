// A transport that carries calls to whoever tests it, and nothing else.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "internal/raft/transport/transport.h"

namespace bao::cluster {

class CallsRecorded final : public raft::Transport {
 public:
  // On the thread that calls.
  std::function<void(raft::NodeId to, std::string request, raft::TakeAnswer done)> on_call;

  int port() const override { return 0; }
  void set_peers(raft::Peers) override {}
  bool send(const raft::Envelope&) override { return false; }
  base::Status fetch_snapshot(raft::NodeId, const raft::SnapshotRequest&, const raft::TakePiece&) override { return base::internal("no snapshot"); }
  void call(raft::NodeId to, std::string request, std::chrono::milliseconds, raft::TakeAnswer done) override {
    on_call(to, std::move(request), std::move(done));
  }
  void drop_unsent(raft::NodeId) override {}
  base::Status rotate(const raft::TransportCredentials&) override { return {}; }
  void end_overlap() override {}
  void rest() override {}
  base::Status resume(const raft::TransportCredentials&) override { return {}; }
  raft::TransportCounts counts() const override { return {}; }
};

}  // namespace bao::cluster
