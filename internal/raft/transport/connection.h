// One connection between two members: a socket, TLS and one call of gRPC. One thread reads it, in steps, and keeps it alive; any
// thread may have it write what waits. Whoever comes first writes, the others leave theirs to it, so nobody waits for a
// socket and small messages leave together.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/crypto/member_tls.h"
#include "internal/net/socket.h"
#include "internal/raft/transport/grpc_session.h"

namespace bao::raft {

using net::SteadyTime;

// Where a connection finds what to send. Asked by whoever writes, one at a time, under no lock of the connection.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::optional<std::string> next() = 0;
};

class Connection {
 public:
  // The handshake is still to come. `bell` wakes the thread that reads; bell and source live until `cut` has returned.
  Connection(net::Socket socket, std::shared_ptr<const crypto::MemberTlsContext> context, crypto::MemberTls::Side side,
             crypto::MemberTls::Expects expects, net::Bell& bell);

  // ---- of the thread that reads ----
  // By `until`. Whenever the bell rings, and now and then, `goes_on` is asked. Errors: unavailable.
  base::Status shake_hands(SteadyTime until, const std::function<bool()>& goes_on);
  // What is carried from now on.
  void begin(std::unique_ptr<GrpcSession> session, Source& source);
  enum class Reads : uint8_t { yes, no };  // no: the peer is held, by TCP's window
  struct Arrived {
    std::vector<std::string> messages;
    std::optional<base::Status> ending;  // behind them: nothing more will come, or go
  };
  // Waits until something came, the bell rang or it is time; reads and writes what it can.
  Arrived step(SteadyTime until, Reads reads = Reads::yes);
  // Tells the one who called how the call ended, and waits until it has heard it, a bounded time, while `goes_on`.
  void finish(const base::Status& status, const std::function<bool()>& goes_on);
  // Nothing is read, written or asked of the source afterwards.
  void cut() EXCLUDES(mutex_);
  const std::string& method() const { return session_->method(); }
  const std::string& peer_certificate() const { return tls_.peer_certificate(); }

  // ---- of any thread ----
  // Writes what the source has, as far as the socket takes it; the rest follows by itself.
  void pump() EXCLUDES(mutex_);
  // The present step comes back. Of the source, from within `next`.
  void wake() { bell_.ring(); }

 private:
  // Whoever has claimed it, and nobody else, touches TLS, session and what is on its way out.
  void claim() EXCLUDES(mutex_);
  bool claim_or_leave() EXCLUDES(mutex_);
  bool release() EXCLUDES(mutex_);  // false: somebody left something, it is still claimed
  void write_and_release() EXCLUDES(mutex_);
  void write();
  bool flush();
  void read();
  void look_after(SteadyTime now, Reads reads);

  net::Socket socket_;
  crypto::MemberTls tls_;
  net::Bell& bell_;
  std::unique_ptr<GrpcSession> session_;
  Source* source_ = nullptr;  // none once it was cut
  std::string leaving_;
  size_t left_ = 0;  // of it
  std::optional<base::Status> ending_;
  std::atomic<bool> full_ = false;  // the socket; whoever writes sets it, the reading thread waits for room

  // Of the reading thread.
  bool more_ = false;  // is to be read, without waiting for the socket
  SteadyTime heard_{}, pinged_{};

  base::Mutex mutex_{base::Rank::raft_stream};
  base::Condition released_;
  bool claimed_ GUARDED_BY(mutex_) = false;
  bool again_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::raft
