// The bytes of proto/raft.proto: envelopes, and the hello that opens a stream. Parses what others sent: everything is
// checked here, so that nothing malformed reaches the core. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/message.h"
#include "internal/raft/core/snapshot_piece.h"

namespace bao::raft {

// Protocol versions this build speaks.
inline constexpr uint32_t kProtocolMin = 1;
inline constexpr uint32_t kProtocolMax = 1;

struct Hello {
  std::string cluster_id;
  NodeId node;
  std::string incarnation;  // of the sender's disk
  uint32_t protocol_min = kProtocolMin, protocol_max = kProtocolMax;
  bool operator==(const Hello&) const = default;
};

struct SnapshotRequest {
  GroupId group;
  Position last;
  std::string after;  // a key
  bool operator==(const SnapshotRequest&) const = default;
};

// A request or, the other way, the answer to it.
struct Call {
  uint64_t id = 0;
  std::string payload;
  bool lost = false;  // an answer that is not to be had; what was asked for may have been done
  bool operator==(const Call&) const = default;
};

// What a call adds to its payload on the wire, at most.
inline constexpr size_t kCallHeadBytesMax = 32;

struct Frame {
  std::optional<Hello> hello;
  std::optional<SnapshotRequest> request;
  std::optional<SnapshotPiece> piece;  // its checksum was right
  std::vector<Envelope> envelopes;
  std::vector<Call> calls;
  size_t unknown = 0;  // envelopes of a kind that this build does not know, left out
};

std::string encode(const Hello& hello);
std::string encode(const SnapshotRequest& request);
std::string encode(const SnapshotPiece& piece);
// One frame with one envelope.
std::string encode(const Envelope& envelope);
std::string encode(const std::vector<Call>& calls);
// Errors: corrupt (not such a message, a number out of its range, entries that are not contiguous, a wrong checksum).
base::Result<Frame> decode_frame(std::string_view bytes);

}  // namespace bao::raft
