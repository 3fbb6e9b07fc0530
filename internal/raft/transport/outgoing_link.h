// A connection to one peer for one purpose, kept while there is something to send: opened when somebody wants it, opened again
// by the next one who does when it broke. A thread of its own dials, reads and hears the ends.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "internal/raft/transport/connection.h"
#include "internal/raft/transport/credentials.h"
#include "internal/raft/transport/peer_table.h"

namespace bao::raft {

// To whom, and as whom.
struct Route {
  NodeId peer;
  std::string address;
  std::string method;
  size_t message_bytes_max = 0;
  Credentials credentials;
  std::shared_ptr<const PeerTable> table;
};

// What such a connection carries; called on the link's thread, but for `next`.
class Traffic : public Source {
 public:
  virtual bool wanted() = 0;  // somebody waits for a connection
  virtual void opened(std::shared_ptr<Connection> connection) = 0;
  // A message of the peer, who showed that certificate. An error ends the connection.
  virtual base::Status take(std::string message, const std::string& certificate) = 0;
  // It is over, or none came to be; nothing is asked of `next` until another is opened.
  virtual void broken() = 0;
  // When `on_time` is to be called next; and whenever this changes to something sooner the link is woken.
  virtual SteadyTime deadline() { return SteadyTime::max(); }
  virtual void on_time(SteadyTime) {}
};

class OutgoingLink {
 public:
  static constexpr std::chrono::milliseconds kReopenAfter{100};

  // The traffic is there until `close` has returned.
  OutgoingLink(Route route, Traffic& traffic);
  ~OutgoingLink();  // closed
  void wake() { bell_.ring(); }
  // Ends the connection and waits for the thread; the traffic hears nothing afterwards. Not on that thread.
  void close();

 private:
  void run();
  void sleep();
  void carry(Connection& connection);
  bool goes_on();

  const Route route_;
  Traffic& traffic_;
  net::Bell bell_;
  std::atomic<bool> closed_ = false;
  std::thread thread_;
};

// Dials, shakes hands and calls the method. Blocks, and asks `goes_on` now and then. Errors: unavailable.
base::Result<std::shared_ptr<Connection>> connect(const Route& route, net::Bell& bell, Source& source,
                                                  const std::function<bool()>& goes_on);

}  // namespace bao::raft
