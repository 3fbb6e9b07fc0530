#include "internal/cluster/port.h"

#include <utility>

#include "internal/base/log.h"

namespace bao::cluster {

using base::Code;
using base::Error;
using base::Status;

raft::Carrier Port::carrier() const {
  raft::Carrier carrier;
  carrier.send = [this](const raft::Envelope& envelope) {
    raft::Transport* transport = speaking();
    return transport && transport->send(envelope);
  };
  carrier.fetch_snapshot = [this](raft::NodeId from, raft::GroupId group, raft::Position last, const std::string& after,
                                  const raft::TakePiece& take) -> Status {
    raft::Transport* transport = speaking();
    if (!transport) return Error(Code::unavailable, "the cluster port is closed");
    return transport->fetch_snapshot(from, {group, last, after}, take);
  };
  return carrier;
}

void Port::meet(raft::Peers peers, const raft::LogIdentity& self, const OwnKey& key, raft::Receiver& receiver) {
  if (!transport_ && peers.empty()) return;
  if (!open()) {
    if (const Status opened = open_as(self, key, receiver); !opened.ok()) {
      if (std::exchange(error_, opened.error().message()) != opened.error().message())
        base::log_error("cluster", "the cluster port cannot be opened; trying again", {{"error", opened.error().message()}});
      return;
    }
  }
  if (peers == introduced_) return;
  introduced_ = peers;
  transport_->set_peers(std::move(peers));
}

Status Port::open_as(const raft::LogIdentity& self, const OwnKey& key, raft::Receiver& receiver) {
  auto own = key.current();
  if (!own) return Error(Code::unavailable, "this node has no key yet");
  const raft::TransportCredentials credentials{own->certificate, std::move(own->private_key)};
  if (transport_) {
    TRY(transport_->resume(credentials));
  } else {
    ASSIGN_OR_RETURN(transport_, raft::Transport::start(address_, {self.cluster_id, self.node, self.incarnation}, credentials, receiver));
  }
  certificate_ = credentials.certificate;
  speaking_.store(transport_.get(), std::memory_order_release);
  base::log_info("cluster", "the cluster port is open", {{"address", address_}});
  return {};
}

void Port::rest() {
  if (open()) transport_->rest();
  certificate_.clear();
  introduced_.clear();
}

void Port::follow(OwnKey& key, bool exchanged) {
  const auto now = OwnKey::Time::clock::now();
  if (!open()) {
    if (exchanged) key.in_use(now);
    (void)key.overlap_ended(now);
    return;
  }
  if (key.certificate() == certificate_) {
    if (key.overlap_ended(now)) transport_->end_overlap();
    return;
  }
  auto own = key.current();
  if (!own) return;
  const raft::TransportCredentials credentials{own->certificate, std::move(own->private_key)};
  if (const Status rotated = transport_->rotate(credentials); !rotated.ok())
    return base::log_error("cluster", "the new key is not used yet", {{"error", rotated.error().message()}});
  certificate_ = credentials.certificate;
  base::log_info("cluster", "this node uses a new key");
  key.in_use(now);
}

void Port::drop_unsent(raft::NodeId member) {
  if (transport_) transport_->drop_unsent(member);
}

}  // namespace bao::cluster
