// Assembles the transport: a server, and for each peer one channel and stream a lane.
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <absl/synchronization/mutex.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/call_queue.h"
#include "internal/raft/transport/grpc_credentials.h"
#include "internal/raft/transport/incoming_stream.h"
#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/outgoing_calls.h"
#include "internal/raft/transport/outgoing_stream.h"
#include "internal/raft/transport/snapshot_streams.h"

namespace bao::raft {
namespace {

constexpr int kConnectMs = 5000, kBackoffFirstMs = 100, kBackoffMaxMs = 1000, kKeepaliveMs = 5000, kKeepaliveTimeoutMs = 10000;
constexpr int kHandshakeMs = 5000;  // who says nothing that long isn't let in

// gRPC reports what is normal here (a peer that is down, an IP as server name) as errors.
void forward_grpc_log(gpr_log_func_args* line) { base::log_debug("grpc", line->message); }

// Servers share their port, so that two can listen during a rotation; so whether somebody else has it is asked before.
base::Status require_free(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return base::invalid("cluster listener: " + address + " has no port");
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  if (getaddrinfo(host.empty() ? nullptr : host.c_str(), address.c_str() + colon + 1, &wanted, &found) != 0)
    return base::invalid("cluster listener: " + address + " is no address");
  const int probe = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // connections of an earlier run may linger
  const bool bound = probe >= 0 && bind(probe, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (probe >= 0) close(probe);
  if (!bound) return base::Error(base::Code::unavailable, "cluster listener: " + address + " cannot be bound; is it in use?");
  return {};
}

class Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(IncomingContext& context) : context_(context) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override {
    return answer_stream(*call, context_);
  }

 private:
  IncomingContext& context_;
};

// A server with one set of credentials. Ends its streams when it goes.
class Listener {
 public:
  static base::Result<std::unique_ptr<Listener>> start(const std::string& address,
                                                       std::shared_ptr<grpc::ServerCredentials> credentials,
                                                       IncomingContext& context) {
    auto listener = std::make_unique<Listener>(context);
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 1);  // two servers listen during a rotation
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMs / 2);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kCallFrameBytesMax));  // of the lanes less (incoming_stream)
    builder.AddListeningPort(address, std::move(credentials), &listener->port_);
    builder.RegisterCallbackGenericService(&listener->service_);
    listener->server_ = builder.BuildAndStart();
    if (!listener->server_ || listener->port_ == 0)
      return base::Error(base::Code::unavailable,
                         "cluster listener: " + address + " cannot be listened at, or the credentials cannot be used");
    return listener;
  }
  explicit Listener(IncomingContext& context) : service_(context) {}
  ~Listener() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    (void)snapshot_streams_served();  // gRPC waited for their threads, which the thread sanitizer cannot see
  }
  int port() const { return port_; }

 private:
  Service service_;
  std::unique_ptr<grpc::Server> server_;  // ends before its service
  int port_ = 0;
};

std::shared_ptr<grpc::Channel> open_channel(NodeId peer, const std::string& address, const TransportCredentials& own,
                                            const std::shared_ptr<const PeerTable>& table,
                                            size_t frame_bytes_max = kFrameBytesMax) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // or gRPC shares one connection
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kBackoffFirstMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);  // in truth what one attempt may take
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kBackoffMaxMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(frame_bytes_max));
  return grpc::CreateCustomChannel(address, channel_credentials(own, peer, table), arguments);
}

// The streams to one peer, each on a connection of its own.
struct Link {
  Link(NodeId id, const Peer& at, const TransportCredentials& own, const std::shared_ptr<const PeerTable>& table,
       Receiver& receiver)
      : peer(id),
        address(at.address),
        control(id, Lane::control, open_channel(id, address, own, table), table->self(), receiver),
        log(id, Lane::log, open_channel(id, address, own, table), table->self(), receiver),
        calls(id, open_channel(id, address, own, table, kCallFrameBytesMax), table) {}

  // Whoever sends meanwhile may be the last to hold the link, and on a thread of gRPC, which must not wait for gRPC.
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
  OutgoingStream control, log;
  OutgoingCalls calls;
};

class GrpcTransport final : public Transport {
 public:
  GrpcTransport(Hello self, Receiver& receiver)
      : table_(std::make_shared<PeerTable>(std::move(self))), receiver_(receiver), incoming_{*table_, receiver} {}
  ~GrpcTransport() override {
    listener_.reset();
    end_overlap();
    for (const auto& [id, link] : links_) link->close();
  }

  base::Status listen(const std::string& address, const TransportCredentials& credentials);
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
  void keep(const TransportCredentials& credentials) REQUIRES(mutex_);
  std::shared_ptr<Link> link_to(NodeId peer) EXCLUDES(mutex_);

  const std::shared_ptr<PeerTable> table_;
  Receiver& receiver_;
  IncomingContext incoming_;
  std::string host_;
  int port_ = 0;
  std::unique_ptr<Listener> listener_, previous_;  // of whoever starts and rotates
  base::Mutex mutex_{base::Rank::raft_transport};
  TransportCredentials own_ GUARDED_BY(mutex_);
  Links links_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Link>> replaced_ GUARDED_BY(mutex_);  // calls under way go on there until the overlap ends
};

void GrpcTransport::keep(const TransportCredentials& credentials) {
  own_.certificate = credentials.certificate;
  own_.private_key = credentials.private_key.clone();
}

base::Status GrpcTransport::listen(const std::string& address, const TransportCredentials& credentials) {
  host_ = address.substr(0, address.rfind(':'));
  {
    base::MutexLock lock(mutex_);
    keep(credentials);
  }
  TRY(require_free(address));
  ASSIGN_OR_RETURN(listener_, Listener::start(address, server_credentials(credentials, table_), incoming_));
  port_ = listener_->port();
  return {};
}

void GrpcTransport::set_peers(Peers peers) {
  table_->set(peers);
  std::vector<std::shared_ptr<Link>> gone;
  {
    base::MutexLock lock(mutex_);
    Links fresh;
    for (const auto& [id, peer] : peers) {
      if (id == table_->self().node) continue;
      const auto known = links_.find(id);
      const bool same = known != links_.end() && known->second->address == peer.address;
      fresh[id] = same ? known->second : std::make_shared<Link>(id, peer, own_, table_, receiver_);
    }
    for (const auto& [id, link] : std::exchange(links_, std::move(fresh)))
      if (const auto kept = links_.find(id); kept == links_.end() || kept->second != link) gone.push_back(link);
    const auto left = std::ranges::stable_partition(replaced_, [&](const auto& link) { return peers.contains(link->peer); });
    gone.insert(gone.end(), left.begin(), left.end());
    replaced_.erase(left.begin(), left.end());
  }
  for (const auto& link : gone) link->close();  // outside of the lock: it waits for gRPC
}

std::shared_ptr<Link> GrpcTransport::link_to(NodeId peer) {
  base::MutexLock lock(mutex_);
  const auto found = links_.find(peer);
  return found == links_.end() ? nullptr : found->second;
}

bool GrpcTransport::send(const Envelope& envelope) {
  static base::Counter& sent = base::counter("raft.transport.sent");
  static base::Counter& dropped = base::counter("raft.transport.dropped");
  const std::shared_ptr<Link> link = link_to(envelope.to);
  const bool queued =
      link && (lane_of(envelope.message) == Lane::log ? link->log : link->control).send(envelope);
  (queued ? sent : dropped).add();
  return queued;
}

void GrpcTransport::call(NodeId to, std::string request, std::chrono::milliseconds at_most, TakeAnswer done) {
  static base::Counter& unavailable = base::counter("raft.transport.calls_unavailable");
  if (const std::shared_ptr<Link> link = link_to(to)) return link->calls.call(std::move(request), at_most, std::move(done));
  unavailable.add();
  done(base::Error(base::Code::unavailable, "asking a member: there is no such member"));
}

base::Status GrpcTransport::rotate(const TransportCredentials& credentials) {
  const std::string address = host_ + ":" + std::to_string(port_);
  ASSIGN_OR_RETURN(auto fresh, Listener::start(address, server_credentials(credentials, table_), incoming_));
  previous_ = std::exchange(listener_, std::move(fresh));
  std::vector<std::shared_ptr<Link>> gone, gone_before;
  {
    base::MutexLock lock(mutex_);
    keep(credentials);
    const auto peers = table_->peers();
    for (auto& [id, link] : links_)
      gone.push_back(std::exchange(link, std::make_shared<Link>(id, peers->at(id), own_, table_, receiver_)));
    gone_before = std::exchange(replaced_, gone);
  }
  for (const auto& link : gone) link->close_lanes();
  for (const auto& link : gone_before) link->close();  // of a rotation whose overlap nobody ended
  return {};
}

void GrpcTransport::end_overlap() {
  previous_.reset();
  std::vector<std::shared_ptr<Link>> gone;
  {
    base::MutexLock lock(mutex_);
    gone = std::exchange(replaced_, {});
  }
  for (const auto& link : gone) link->close();
}

void GrpcTransport::rest() {
  set_peers({});
  listener_.reset();
  end_overlap();
  base::MutexLock lock(mutex_);
  own_ = {};
}

base::Status GrpcTransport::fetch_snapshot(NodeId from, const SnapshotRequest& request, const TakePiece& take) {
  std::shared_ptr<grpc::Channel> channel;
  {
    base::MutexLock lock(mutex_);
    const auto known = links_.find(from);
    if (known == links_.end()) return base::Error(base::Code::unavailable, "fetching a snapshot: no such member");
    channel = open_channel(from, known->second->address, own_, table_);
  }
  return fetch_snapshot_stream(std::move(channel), table_->self(), request, take);
}

TransportCounts GrpcTransport::counts() const {
  const auto value = [](std::string_view name) { return base::counter("raft.transport." + std::string(name)).value(); };
  return {value("sent"),      value("received"), value("dropped"), value("refused_streams") + value("strangers"),
          value("malformed"), value("unknown_kinds")};
}

}  // namespace

base::Result<std::unique_ptr<Transport>> Transport::start(const std::string& address, Hello self,
                                                          const TransportCredentials& credentials,
                                                          Receiver& receiver) {
  gpr_set_log_function(forward_grpc_log);
  // Debian's abseil searches for deadlocks at every lock that gRPC takes.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  auto transport = std::make_unique<GrpcTransport>(std::move(self), receiver);
  TRY(transport->listen(address, credentials));
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace bao::raft
