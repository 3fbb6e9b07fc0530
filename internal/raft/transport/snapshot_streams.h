// Snapshots on their way: a stream each, on a connection of its own, so that they delay nothing else. The one who lacks
// entries fetches: hello and request one way, pieces the other. gRPC's flow control is the window.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <grpcpp/generic/async_generic_service.h>

#include "internal/raft/transport/incoming_stream.h"

namespace grpc {
class Channel;
}

namespace bao::raft {

inline constexpr char kSnapshotMethod[] = "/bao.raft.v1.Raft/Snapshot";
inline constexpr int kSnapshotStreamsMax = 4;                     // served at a time
inline constexpr std::chrono::seconds kSnapshotProgressMax{30};   // without a piece; the whole may take as long as it wants

// Answers one fetch, on a thread of its own that reads the snapshot.
grpc::ServerGenericBidiReactor* serve_snapshot_stream(grpc::GenericCallbackServerContext& call, IncomingContext& context);

// How many are being served. What those that have ended did happened before.
int snapshot_streams_served();

// Fetches; blocks. Errors: unavailable, corrupt, and those of `take`.
base::Status fetch_snapshot_stream(std::shared_ptr<grpc::Channel> channel, const Hello& self,
                                   const SnapshotRequest& request, const TakePiece& take);

}  // namespace bao::raft
