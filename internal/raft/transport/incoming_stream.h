// One lane from one peer: a server stream that only reads. Says who it is first; from then on each envelope must be from
// that node and to this one. gRPC's threads run its callbacks, one at a time.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "internal/raft/transport/peer_table.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

// What the streams of a transport share; outlives them.
struct IncomingContext {
  const PeerTable& table;
  Receiver& receiver;
};

// Answers every call of the service; a stream that may not go on ends with the reason.
grpc::ServerGenericBidiReactor* answer_stream(grpc::GenericCallbackServerContext& call, IncomingContext& context);

}  // namespace bao::raft
