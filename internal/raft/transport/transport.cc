// Assembles the transport: the cluster port, and for each peer a connection a lane and one for calls.
#include "internal/raft/transport/transport.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <utility>
#include <vector>

#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/credentials.h"
#include "internal/raft/transport/incoming.h"
#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/outgoing_calls.h"
#include "internal/raft/transport/outgoing_lane.h"
#include "internal/raft/transport/snapshot_fetch.h"

namespace bao::raft {
namespace {

// What goes to one peer.
struct Link {
  Link(const Route& route, Receiver& receiver)
      : peer(route.peer), address(route.address), control(route, Lane::control, receiver), log(route, Lane::log, receiver), calls(route) {}

  void close() {
    close_lanes();
    calls.close();
  }
  void close_lanes() {
    control.close();
    log.close();
  }

  const NodeId peer;
  const std::string address;
  OutgoingLane control, log;
  OutgoingCalls calls;
};

class MemberTransport final : public Transport {
 public:
  MemberTransport(Hello self, Receiver& receiver)
      : table_(std::make_shared<PeerTable>(std::move(self))), receiver_(receiver), incoming_{*table_, receiver} {}
  ~MemberTransport() override {
    cluster_port_.reset();
    end_overlap();
    for (const auto& [id, link] : links_) link->close();
  }

  base::Status listen(const std::string& address, const TransportCredentials& credentials) EXCLUDES(mutex_);
  int port() const override { return port_; }
  void set_peers(Peers peers) override EXCLUDES(mutex_);
  bool send(const Envelope& envelope) override EXCLUDES(mutex_);
  base::Status fetch_snapshot(NodeId from, const SnapshotRequest& request, const TakePiece& take) override
      EXCLUDES(mutex_);
  base::Status rotate(const TransportCredentials& credentials) override EXCLUDES(mutex_);
  void end_overlap() override EXCLUDES(mutex_);
  void rest() override EXCLUDES(mutex_);
  base::Status resume(const TransportCredentials& credentials) override { return listen(host_ + ":" + std::to_string(port_), credentials); }
  void call(NodeId to, std::string request, std::chrono::milliseconds at_most, TakeAnswer done) override EXCLUDES(mutex_);
  void drop_unsent(NodeId to) override EXCLUDES(mutex_) {
    if (const std::shared_ptr<Link> link = link_to(to)) link->calls.drop_unsent();
  }
  TransportCounts counts() const override;

 private:
  using Links = std::map<NodeId, std::shared_ptr<Link>>;
  std::shared_ptr<Link> link_to(NodeId peer) EXCLUDES(mutex_);
  std::shared_ptr<Link> new_link(NodeId peer, const std::string& address) REQUIRES(mutex_) {
    return std::make_shared<Link>(Route{peer, address, "", 0, own_, table_}, receiver_);
  }

  const std::shared_ptr<PeerTable> table_;
  Receiver& receiver_;
  IncomingContext incoming_;
  std::string host_;
  int port_ = 0;
  std::unique_ptr<ClusterPort> cluster_port_;  // of whoever starts and rotates
  base::Mutex mutex_{base::Rank::raft_transport};
  Credentials own_ GUARDED_BY(mutex_);
  Links links_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Link>> replaced_ GUARDED_BY(mutex_);  // calls under way go on there until the overlap ends
};

base::Status MemberTransport::listen(const std::string& address, const TransportCredentials& credentials) {
  host_ = address.substr(0, address.rfind(':'));
  ASSIGN_OR_RETURN(const Credentials own, credentials_of(credentials));
  {
    base::MutexLock lock(mutex_);
    own_ = own;
  }
  ASSIGN_OR_RETURN(cluster_port_, ClusterPort::open(address, own, incoming_));
  port_ = cluster_port_->port();
  return {};
}

void MemberTransport::set_peers(Peers peers) {
  std::vector<std::shared_ptr<Link>> gone;
  {
    base::MutexLock lock(mutex_);
    table_->set(peers);
    Links fresh;
    for (const auto& [id, peer] : peers) {
      if (id == table_->self().node) continue;
      const auto known = links_.find(id);
      const bool same = known != links_.end() && known->second->address == peer.address;
      fresh[id] = same ? known->second : new_link(id, peer.address);
    }
    for (const auto& [id, link] : std::exchange(links_, std::move(fresh)))
      if (const auto kept = links_.find(id); kept == links_.end() || kept->second != link) gone.push_back(link);
    const auto left = std::ranges::stable_partition(replaced_, [&](const auto& link) { return peers.contains(link->peer); });
    gone.insert(gone.end(), left.begin(), left.end());
    replaced_.erase(left.begin(), left.end());
  }
  for (const auto& link : gone) link->close();  // outside of the lock: it waits for threads
}

std::shared_ptr<Link> MemberTransport::link_to(NodeId peer) {
  base::MutexLock lock(mutex_);
  const auto found = links_.find(peer);
  return found == links_.end() ? nullptr : found->second;
}

bool MemberTransport::send(const Envelope& envelope) {
  static base::Counter& sent = base::counter("raft.transport.sent");
  static base::Counter& dropped = base::counter("raft.transport.dropped");
  const std::shared_ptr<Link> link = link_to(envelope.to);
  const bool queued = link && (lane_of(envelope.message) == Lane::log ? link->log : link->control).send(envelope);
  (queued ? sent : dropped).add();
  return queued;
}

void MemberTransport::call(NodeId to, std::string request, std::chrono::milliseconds at_most, TakeAnswer done) {
  static base::Counter& unavailable = base::counter("raft.transport.calls_unavailable");
  if (const std::shared_ptr<Link> link = link_to(to)) return link->calls.call(std::move(request), at_most, std::move(done));
  unavailable.add();
  done(base::Error(base::Code::unavailable, "asking a member: there is no such member"));
}

base::Status MemberTransport::rotate(const TransportCredentials& credentials) {
  ASSIGN_OR_RETURN(const Credentials own, credentials_of(credentials));
  if (cluster_port_) cluster_port_->use(own);
  std::vector<std::shared_ptr<Link>> gone, gone_before;
  {
    base::MutexLock lock(mutex_);
    own_ = own;
    const auto peers = table_->peers();
    for (auto& [id, link] : links_) gone.push_back(std::exchange(link, new_link(id, peers->at(id).address)));
    gone_before = std::exchange(replaced_, gone);
  }
  for (const auto& link : gone) link->close_lanes();
  for (const auto& link : gone_before) link->close();  // of a rotation whose overlap nobody ended
  return {};
}

void MemberTransport::end_overlap() {
  if (cluster_port_) cluster_port_->end_overlap();
  std::vector<std::shared_ptr<Link>> gone;
  {
    base::MutexLock lock(mutex_);
    gone = std::exchange(replaced_, {});
  }
  for (const auto& link : gone) link->close();
}

void MemberTransport::rest() {
  set_peers({});
  cluster_port_.reset();
  end_overlap();
  base::MutexLock lock(mutex_);
  own_ = {};
}

base::Status MemberTransport::fetch_snapshot(NodeId from, const SnapshotRequest& request, const TakePiece& take) {
  Route route{from, "", "", 0, nullptr, table_};
  {
    base::MutexLock lock(mutex_);
    const auto known = links_.find(from);
    if (known == links_.end()) return base::Error(base::Code::unavailable, "fetching a snapshot: no such member");
    route.address = known->second->address;
    route.credentials = own_;
  }
  return raft::fetch_snapshot(std::move(route), request, take);
}

TransportCounts MemberTransport::counts() const {
  const auto value = [](std::string_view name) { return base::counter("raft.transport." + std::string(name)).value(); };
  return {value("sent"),      value("received"), value("dropped"), value("refused_streams") + value("strangers"),
          value("malformed"), value("unknown_kinds")};
}

}  // namespace

base::Result<std::unique_ptr<Transport>> Transport::start(const std::string& address, Hello self,
                                                          const TransportCredentials& credentials,
                                                          Receiver& receiver) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets whose peer went away as if to a pipe
  auto transport = std::make_unique<MemberTransport>(std::move(self), receiver);
  TRY(transport->listen(address, credentials));
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace bao::raft
