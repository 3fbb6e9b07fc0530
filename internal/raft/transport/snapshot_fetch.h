// Snapshots on their way: a call each, on a connection of its own, so that they delay nothing else. The one who lacks entries
// fetches: hello and request one way, pieces the other. TCP's window is the window.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "internal/raft/transport/incoming.h"
#include "internal/raft/transport/outgoing_link.h"

namespace bao::raft {

inline constexpr char kSnapshotMethod[] = "/bao.raft.v1.Raft/Snapshot";
inline constexpr int kSnapshotStreamsMax = 4;                    // served at a time
inline constexpr std::chrono::seconds kSnapshotProgressMax{30};  // without a piece; the whole may take as long as it wants

// Answers one fetch, on the thread of its connection, which reads the snapshot meanwhile.
std::shared_ptr<IncomingCall> serve_snapshot(const std::string& certificate, std::shared_ptr<Connection> connection,
                                             std::function<bool()> goes_on, IncomingContext& context);

// Fetches; blocks. `route` without its method. Errors: unavailable, corrupt, and those of `take`.
base::Status fetch_snapshot(Route route, const SnapshotRequest& request, const TakePiece& take);

}  // namespace bao::raft
