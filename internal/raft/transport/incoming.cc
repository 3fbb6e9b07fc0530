#include "internal/raft/transport/incoming.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "internal/base/limits.h"

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kHandshakeMax{5};  // who says nothing that long isn't let in
constexpr std::chrono::milliseconds kAcceptAgain{50};

}  // namespace

// A connection, its thread, and what ends it.
struct ClusterPort::Guest {
  Guest(net::ListeningSocket::Accepted accepted, Credentials with)
      : socket(accepted.descriptor), address(accepted.address + ":" + std::to_string(accepted.port)), credentials(std::move(with)) {}
  bool goes_on() const { return !closed; }

  net::Socket socket;
  const std::string address;
  const Credentials credentials;
  net::Bell bell;
  std::atomic<bool> closed = false, proved = false, finished = false;
  std::thread thread;
};

base::Result<std::unique_ptr<ClusterPort>> ClusterPort::open(const std::string& address, Credentials credentials, IncomingContext& context) {
  auto socket = net::ListeningSocket::open(address);
  if (!socket.ok()) return socket.error().within("cluster listener");
  return std::unique_ptr<ClusterPort>(new ClusterPort(std::move(*socket), std::move(credentials), context));
}

ClusterPort::ClusterPort(std::unique_ptr<net::ListeningSocket> socket, Credentials credentials, IncomingContext& context)
    : socket_(std::move(socket)), context_(context), credentials_(std::move(credentials)) {
  acceptor_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "raft-accept");
    accept();
  });
}

ClusterPort::~ClusterPort() {
  socket_->wake();
  acceptor_.join();
  end([](const Guest&) { return true; });
}

int ClusterPort::port() const { return std::stoi(socket_->address().substr(socket_->address().rfind(':') + 1)); }

void ClusterPort::use(Credentials credentials) {
  base::MutexLock lock(mutex_);
  credentials_ = std::move(credentials);
}

void ClusterPort::end_overlap() {
  Credentials present;
  {
    base::MutexLock lock(mutex_);
    present = credentials_;
  }
  end([&present](const Guest& guest) { return guest.credentials != present; });
}

void ClusterPort::end(const std::function<bool(const Guest&)>& which) {
  std::vector<std::shared_ptr<Guest>> ended;
  {
    base::MutexLock lock(mutex_);
    for (auto at = guests_.begin(); at != guests_.end();) {
      if (!which(**at)) {
        ++at;
        continue;
      }
      ended.push_back(std::move(*at));
      at = guests_.erase(at);
    }
  }
  for (const auto& guest : ended) {
    guest->closed = true;
    guest->bell.ring();
  }
  for (const auto& guest : ended) guest->thread.join();
}

// ---- who comes ----
void ClusterPort::accept() {
  while (true) {
    auto accepted = socket_->accept();
    if (accepted.ok()) {
      end([](const Guest& guest) { return guest.finished.load(); });
      admit(std::move(*accepted));
    } else if (accepted.error().code() == base::Code::exhausted) {
      std::this_thread::sleep_for(kAcceptAgain);
    } else {
      return;
    }
  }
}

void ClusterPort::admit(net::ListeningSocket::Accepted accepted) {
  base::MutexLock lock(mutex_);
  const auto unproved = std::ranges::count_if(guests_, [](const auto& guest) { return !guest->proved; });
  const auto guest = std::make_shared<Guest>(std::move(accepted), credentials_);
  if (guests_.size() >= base::kMemberConnectionsMax || static_cast<size_t>(unproved) >= base::kUnprovedConnectionsMax) {
    context_.table.note_refusal(guest->address, base::Error(base::Code::exhausted, "too many connections to the cluster port"));
    return;
  }
  try {
    guest->thread = std::thread([this, own = guest.get()] {
      pthread_setname_np(pthread_self(), "raft-guest");
      serve(*own);
      own->finished = true;
    });
  } catch (const std::system_error& error) {
    context_.table.note_refusal(guest->address, base::Error(base::Code::exhausted, std::string("no thread for it: ") + error.what()));
    return;
  }
  guests_.push_back(guest);
}

// ---- one connection ----
void ClusterPort::serve(Guest& guest) {
  const auto connection = std::make_shared<Connection>(std::move(guest.socket), guest.credentials, crypto::MemberTls::Side::answers,
                                                       any_member(context_.table), guest.bell);
  const base::Status met = connection->shake_hands(Clock::now() + kHandshakeMax, [&guest] { return guest.goes_on(); });
  if (!met.ok()) {
    // A stranger was noted when its certificate was seen.
    if (guest.goes_on() && connection->peer_certificate().empty()) context_.table.note_refusal(guest.address, met.error());
    return;
  }
  guest.proved = true;
  carry(guest, connection);
}

namespace {

// Until the peer has said what it calls.
class Silent final : public IncomingCall {
 public:
  std::optional<std::string> next() override { return std::nullopt; }
  base::Status take(std::string) override { return base::denied("it does not say what it calls"); }
};

// Asks the call that there is, once there is one.
class Present final : public Source {
 public:
  std::optional<std::string> next() override { return call->next(); }
  std::shared_ptr<IncomingCall> call = std::make_shared<Silent>();
};

}  // namespace

void ClusterPort::carry(Guest& guest, const std::shared_ptr<Connection>& connection) {
  const auto goes_on = [&guest] { return guest.goes_on(); };
  Present present;
  connection->begin(GrpcSession::answering(message_bytes_max_of), present);
  bool called = false;
  while (goes_on()) {
    const bool reads = present.call->reads_on();
    auto arrived = connection->step(SteadyTime::max(), reads ? Connection::Reads::yes : Connection::Reads::no);
    if (!called && !connection->method().empty()) {
      called = true;
      if (auto call = carry_out(connection->method(), connection->peer_certificate(), connection, goes_on, context_)) present.call = std::move(call);
    }
    base::Status taken;
    for (std::string& message : arrived.messages)
      if (taken.ok()) taken = present.call->take(std::move(message));
    if (taken.ok() && arrived.ending && !arrived.ending->ok() && arrived.ending->error().code() == base::Code::corrupt) taken = *arrived.ending;
    if (!taken.ok() && taken.error().code() != base::Code::unavailable) context_.table.note_refusal(guest.address, taken.error());
    if (!taken.ok() || present.call->done()) connection->finish(taken, goes_on);
    if (!taken.ok() || present.call->done() || arrived.ending) break;
  }
  present.call->ended();
  connection->cut();
}

}  // namespace bao::raft
