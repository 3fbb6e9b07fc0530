// What members may call: two lanes, calls, and snapshots.
#include "internal/raft/transport/call_queue.h"
#include "internal/raft/transport/incoming.h"
#include "internal/raft/transport/incoming_calls.h"
#include "internal/raft/transport/incoming_lane.h"
#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/snapshot_fetch.h"

namespace bao::raft {

size_t message_bytes_max_of(std::string_view method) {
  for (const Lane lane : kLanes)
    if (method == method_of(lane)) return kFrameBytesMax;
  if (method == kCallsMethod) return kCallFrameBytesMax;
  return method == kSnapshotMethod ? kFrameBytesMax : 0;
}

std::shared_ptr<IncomingCall> carry_out(const std::string& method, const std::string& certificate,
                                        const std::shared_ptr<Connection>& connection, const std::function<bool()>& goes_on,
                                        IncomingContext& context) {
  for (const Lane lane : kLanes)
    if (method == method_of(lane)) return take_lane(certificate, context);
  if (method == kCallsMethod) return answer_calls(certificate, connection, context);
  if (method == kSnapshotMethod) return serve_snapshot(certificate, connection, goes_on, context);
  return nullptr;
}

}  // namespace bao::raft
