// One lane to one peer: a client stream that only writes. Opens when there is something to send, at most once in
// kReopenAfter; a broken one is opened again by a later send. Thread-safe; gRPC's threads run its callbacks.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/transport.h"

namespace grpc {
class Channel;
}

namespace bao::raft {

class OutgoingStream {
 public:
  static constexpr std::chrono::milliseconds kReopenAfter{100};

  OutgoingStream(NodeId peer, Lane lane, std::shared_ptr<grpc::Channel> channel, const Hello& self, Receiver& receiver);
  ~OutgoingStream();  // closed
  // Cancels what is under way and waits for gRPC's last callback; nothing is sent afterwards. Not on a thread of gRPC.
  void close();
  // False: dropped. A heartbeat takes the place of an earlier one of its group that has not left, unless the
  // earlier one alone is to be answered.
  bool send(const Envelope& envelope);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bao::raft
