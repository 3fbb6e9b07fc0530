// Calls from one peer: a server stream that brings requests and takes their answers, in any order, many at once. gRPC's
// threads run its callbacks; answers come from any thread.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "internal/raft/transport/incoming_stream.h"

namespace bao::raft {

grpc::ServerGenericBidiReactor* answer_calls(grpc::GenericCallbackServerContext& call, IncomingContext& context);

}  // namespace bao::raft
