// Calls to one peer: a client stream of its own, opened when there is something to ask, that carries all of them by their
// ids. A broken one is opened again by a later call, at most once in kReopenAfter. Nothing is sent before the peer has said
// who it is, so that a peer that refuses us has certainly done nothing. Thread-safe; gRPC's threads run its callbacks.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "internal/raft/transport/peer_table.h"
#include "internal/raft/transport/transport.h"

namespace grpc {
class Channel;
}

namespace bao::raft {

class OutgoingCalls {
 public:
  OutgoingCalls(NodeId peer, std::shared_ptr<grpc::Channel> channel, std::shared_ptr<const PeerTable> table);
  ~OutgoingCalls();  // closed
  // As Transport::call.
  void call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done);
  // Ends those that wait for their turn to be sent: unavailable.
  void drop_unsent();
  // Ends all that are under way and waits for gRPC's last callback. Not on a thread of gRPC.
  void close();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bao::raft
