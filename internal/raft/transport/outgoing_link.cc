#include "internal/raft/transport/outgoing_link.h"

#include <pthread.h>

#include <utility>

#include "internal/base/log.h"

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kConnectMax{5};

}  // namespace

base::Result<std::shared_ptr<Connection>> connect(const Route& route, net::Bell& bell, Source& source,
                                                  const std::function<bool()>& goes_on) {
  const SteadyTime until = Clock::now() + kConnectMax;
  if (!route.credentials) return base::Error(base::Code::unavailable, "this node rests");
  ASSIGN_OR_RETURN(net::Socket socket, net::dial(route.address, bell, until, goes_on));
  auto connection = std::make_shared<Connection>(std::move(socket), route.credentials, crypto::MemberTls::Side::calls,
                                                 only_member(*route.table, route.peer), bell);
  TRY(connection->shake_hands(until, goes_on));
  connection->begin(GrpcSession::calling(route.method, route.message_bytes_max), source);
  return connection;
}

OutgoingLink::OutgoingLink(Route route, Traffic& traffic) : route_(std::move(route)), traffic_(traffic) {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "raft-link");
    run();
  });
}
OutgoingLink::~OutgoingLink() { close(); }

void OutgoingLink::close() {
  closed_ = true;
  bell_.ring();
  if (thread_.joinable()) thread_.join();
}

bool OutgoingLink::goes_on() {
  if (const SteadyTime now = Clock::now(); traffic_.deadline() <= now) traffic_.on_time(now);
  return !closed_;
}

void OutgoingLink::sleep() {
  static const net::Socket none;
  if (net::wait_for(none, 0, bell_, traffic_.deadline()).bell) bell_.silence();
}

void OutgoingLink::run() {
  while (goes_on()) {
    if (!traffic_.wanted()) {
      sleep();
      continue;
    }
    const auto connection = connect(route_, bell_, traffic_, [this] { return goes_on(); });
    if (connection.ok()) {
      traffic_.opened(*connection);
      (*connection)->pump();
      carry(**connection);
      (*connection)->cut();
    } else {
      base::log_debug("raft", "a member is not reached: " + connection.error().message());
    }
    traffic_.broken();
  }
}

void OutgoingLink::carry(Connection& connection) {
  while (goes_on()) {
    auto arrived = connection.step(traffic_.deadline());
    for (std::string& message : arrived.messages) {
      const base::Status taken = traffic_.take(std::move(message), connection.peer_certificate());
      if (taken.ok()) continue;
      route_.table->note_refusal(route_.address, taken.error());
      return;
    }
    if (!arrived.ending) continue;
    if (!arrived.ending->ok()) base::log_debug("raft", "a connection to a member ended: " + arrived.ending->error().message());
    return;
  }
}

}  // namespace bao::raft
