// This member's ways to the others: the transport behind its cluster port, made when there is somebody to speak with, silent while the
// node is sealed. Of the cluster thread, but for what says otherwise.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "internal/cluster/own_key.h"
#include "internal/raft/driver/carrier.h"
#include "internal/raft/log/log_store.h"
#include "internal/raft/transport/transport.h"

namespace bao::cluster {

class Port {
 public:
  // `address`: host:port, where it listens.
  explicit Port(std::string address) : address_(std::move(address)) {}

  // By anybody: nullptr while it was never open.
  raft::Transport* speaking() const { return speaking_.load(std::memory_order_acquire); }
  // Its functions may be called by anybody, for as long as this is there.
  raft::Carrier carrier() const;

  bool open() const { return !certificate_.empty(); }
  // Those are the others from now on. Opens the port where that is needed; as `self`, with that key, for that receiver.
  void meet(raft::Peers peers, const raft::LogIdentity& self, const OwnKey& key, raft::Receiver& receiver);
  // Nobody is spoken with, and nothing keeps the key, until meet().
  void rest();
  // Connections are made with the key as it is now; `exchanged`: it has become another one.
  void follow(OwnKey& key, bool exchanged);
  // What has not left for that member may go elsewhere.
  void drop_unsent(raft::NodeId member);
  // For good; no driver sends any more.
  void end() { transport_.reset(); }

 private:
  base::Status open_as(const raft::LogIdentity& self, const OwnKey& key, raft::Receiver& receiver);

  const std::string address_;
  std::unique_ptr<raft::Transport> transport_;
  std::atomic<raft::Transport*> speaking_{nullptr};
  std::string certificate_;  // which connections are made with; empty: closed
  std::string error_;        // that was reported
  raft::Peers introduced_;
};

}  // namespace bao::cluster
