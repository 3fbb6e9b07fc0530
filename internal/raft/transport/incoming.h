// The cluster port: takes connections of members, a bounded number, a thread each, and gives each call to what carries it out.
// Who is no member gets no further than the handshake.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/net/listening_socket.h"
#include "internal/raft/transport/connection.h"
#include "internal/raft/transport/credentials.h"
#include "internal/raft/transport/peer_table.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

// What calls of a transport share; outlives them.
struct IncomingContext {
  const PeerTable& table;
  Receiver& receiver;
};

// One call of a peer: told what comes, on the thread of its connection, and asked what goes.
class IncomingCall : public Source {
 public:
  virtual base::Status take(std::string message) = 0;  // an error ends the call, which hears it
  virtual bool reads_on() { return true; }             // asked before each wait; when it does again the connection is woken
  virtual bool done() const { return false; }          // nothing more is to be said
  virtual void ended() {}                              // the connection is gone
};
// What carries out a method; none: there is no such one.
std::shared_ptr<IncomingCall> carry_out(const std::string& method, const std::string& certificate,
                                        const std::shared_ptr<Connection>& connection, const std::function<bool()>& goes_on,
                                        IncomingContext& context);
size_t message_bytes_max_of(std::string_view method);  // 0: there is no such one

class ClusterPort {
 public:
  // Errors: unavailable (the address is taken), invalid (it is none).
  static base::Result<std::unique_ptr<ClusterPort>> open(const std::string& address, Credentials credentials, IncomingContext& context);
  ~ClusterPort();  // every connection has ended
  int port() const;
  // For new connections; those made with earlier ones go on until end_overlap().
  void use(Credentials credentials) EXCLUDES(mutex_);
  void end_overlap() EXCLUDES(mutex_);

 private:
  struct Guest;
  ClusterPort(std::unique_ptr<net::ListeningSocket> socket, Credentials credentials, IncomingContext& context);
  void accept();
  void admit(net::ListeningSocket::Accepted accepted) EXCLUDES(mutex_);
  void serve(Guest& guest);
  void carry(Guest& guest, const std::shared_ptr<Connection>& connection);
  void end(const std::function<bool(const Guest&)>& which) EXCLUDES(mutex_);

  const std::unique_ptr<net::ListeningSocket> socket_;
  IncomingContext& context_;
  base::Mutex mutex_{base::Rank::raft_transport};
  Credentials credentials_ GUARDED_BY(mutex_);
  std::list<std::shared_ptr<Guest>> guests_ GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace bao::raft
