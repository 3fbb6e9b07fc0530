#include "internal/http/server.h"

#include <pthread.h>

#include <algorithm>
#include <thread>

#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/http/connection.h"
#include "internal/http/connections.h"
#include "internal/http/front.h"
#include "internal/net/listening_socket.h"

namespace bao::http {
namespace {

using TlsPtr = std::shared_ptr<const crypto::TlsContext>;

base::Result<TlsPtr> load_tls(const ListenerOptions& options) {
  auto loaded = crypto::TlsContext::server(options.tls_files);
  if (!loaded.ok()) return loaded.error().within("error loading TLS cert");
  return loaded;
}

FrontRules front_rules(const ListenerOptions& options, core::Joining* joining) {
  FrontRules rules;
  rules.target = {options.unsafe_relative_paths, options.disable_printable_check};
  rules.node.standby_health_code = options.standby_health_code;
  rules.node.body = {options.json_strings_max, options.json_bytes_max};
  rules.node.joining = joining;
  rules.node.profiles_for_anybody = options.profiles_for_anybody;
  rules.node.shares = {options.generate_root_without_token, options.rekey_without_token};
  rules.name = options.node;
  return rules;
}

ConnectionRules connection_rules(const ListenerOptions& options) {
  ConnectionRules rules;
  rules.limits.body_bytes_max = options.body_bytes_max;
  rules.header_timeout = options.header_timeout;
  rules.idle_timeout = options.idle_timeout;
  rules.body_timeout = options.body_timeout;
  rules.write_timeout = options.write_timeout;
  return rules;
}

// One listener: its socket, its rules, and the thread that accepts. Connections outlive it only inside Server.
class Listener {
 public:
  Listener(core::Core& core, core::Joining* joining, core::Cluster* cluster, ListenerOptions options, Connections& connections)
      : options_(std::move(options)), connections_(connections), front_(core, cluster, front_rules(options_, joining)),
        rules_(connection_rules(options_)) {
    rules_.added_headers = &added_headers_;
    set_custom_headers(std::move(options_.custom_headers));
  }
  ~Listener() { stop(); }

  base::Status open() {
    if (options_.tls) TRY(reload_tls());
    const auto& file = options_.socket_file;
    ASSIGN_OR_RETURN(socket_, file ? net::ListeningSocket::open_file(*file) : net::ListeningSocket::open(options_.address));
    base::log_debug("http", "listening", {{"address", socket_->address()}, {"tls", options_.tls ? "true" : "false"}});
    if (options_.tls && !tls_.get()->usable()) {
      base::log_warn("http", "a TLS listener without a certificate refuses everyone", {{"listener", options_.origin}});
    }
    return {};
  }
  void serve() {
    thread_ = std::thread([this] { accept_all(); });
    pthread_setname_np(thread_.native_handle(), "listener");
  }
  base::Status reload_tls() {
    if (!options_.tls) return {};
    ASSIGN_OR_RETURN(TlsPtr loaded, load_tls(options_));
    tls_.set(std::move(loaded));
    return {};
  }
  void set_custom_headers(std::vector<StatusHeaders> headers) {
    added_headers_.set(std::make_shared<const AddedHeaders>(std::move(headers)));
  }
  void stop() {
    if (socket_) socket_->wake();
    if (thread_.joinable()) thread_.join();
    socket_.reset();
  }
  std::string address() const { return socket_ ? socket_->address() : options_.address; }

 private:
  void accept_all() {
    block_signals();
    while (true) {
      auto accepted = socket_->accept();
      if (accepted.ok()) {
        admit(std::move(accepted).value());
      } else if (accepted.error().code() == base::Code::exhausted) {
        base::log_warn("http", "cannot accept connections", {{"error", accepted.error().message()}});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until a connection ends
      } else {
        return;
      }
    }
  }
  void admit(net::ListeningSocket::Accepted accepted) {
    auto transport = std::make_unique<Transport>(accepted.descriptor, rules_.tick());
    Peer peer{std::move(accepted.address), accepted.port, {}};
    const bool started = connections_.start(
        std::move(transport), [this, tls = tls_.get(), peer = std::move(peer)](Transport& t, Connections::Seat& seat) mutable {
          Connection(t, seat, connections_, front_, rules_, std::move(peer)).run(options_.tls ? tls.get() : nullptr);
        });
    if (!started) base::log_debug("http", "connection refused: the server is full or draining");
  }

  ListenerOptions options_;  // doesn't change once the listener is made
  Connections& connections_;
  const Front front_;
  ConnectionRules rules_;  // likewise
  base::Published<AddedHeaders> added_headers_;
  base::Published<crypto::TlsContext> tls_;
  std::unique_ptr<net::ListeningSocket> socket_;
  std::thread thread_;
};

// What a client's own listener let through is not judged again.
FrontRules rules_for_members(const std::vector<ListenerOptions>& listeners) {
  FrontRules rules;
  rules.node.shares = {true, true};
  if (!listeners.empty()) rules.name = listeners.front().node;
  return rules;
}

size_t connections_max(const std::vector<ListenerOptions>& listeners) {
  return listeners.empty() ? base::kConnectionsMax : listeners.front().connections_max;
}

}  // namespace

struct Server::State {
  State(core::Core& core, core::Cluster* members, FrontRules rules) : cluster(members), forwarded(core, members, std::move(rules)) {}
  core::Cluster* const cluster;
  const Front forwarded;  // what other nodes have taken from their clients
  std::shared_ptr<Connections> connections;
  std::vector<std::unique_ptr<Listener>> listeners;
};

Server::Server(core::Core& core, std::vector<ListenerOptions> listeners, core::Joining* joining, core::Cluster* cluster)
    : state_(std::make_unique<State>(core, cluster, rules_for_members(listeners))) {
  state_->connections = std::make_shared<Connections>(connections_max(listeners));
  for (ListenerOptions& options : listeners) {
    state_->listeners.push_back(std::make_unique<Listener>(core, joining, cluster, std::move(options), *state_->connections));
  }
}

Server::~Server() {
  drain(base::Duration::zero());
  state_->connections->wait();
}

base::Status Server::listen() {
  for (auto& listener : state_->listeners) TRY(listener->open());
  return {};
}

void Server::serve() {
  for (auto& listener : state_->listeners) listener->serve();
  if (state_->cluster == nullptr) return;
  state_->cluster->on_ask([front = &state_->forwarded](const std::string& request) { return front->answer_forwarded(request); });
}

base::Status Server::start() {
  TRY(listen());
  serve();
  return {};
}

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> found;
  for (const auto& listener : state_->listeners) found.push_back(listener->address());
  return found;
}

base::Status Server::reload_tls() {
  base::Status first;
  for (auto& listener : state_->listeners) {
    const base::Status reloaded = listener->reload_tls();
    if (!reloaded.ok() && first.ok()) first = reloaded;
  }
  return first;
}

void Server::set_custom_headers(size_t listener, std::vector<StatusHeaders> headers) {
  if (listener < state_->listeners.size()) state_->listeners[listener]->set_custom_headers(std::move(headers));
}

void Server::drain(base::Duration at_most) {
  for (auto& listener : state_->listeners) listener->stop();
  if (state_->cluster != nullptr) state_->cluster->on_ask(nullptr);
  state_->connections->drain(at_most);
}

}  // namespace bao::http
