// Which stream a message takes: entries must never stand before a heartbeat or a vote.
#pragma once

#include <cstddef>
#include <string_view>

#include "internal/raft/core/message.h"

namespace bao::raft {

enum class Lane : uint8_t { control, log };
inline constexpr Lane kLanes[] = {Lane::control, Lane::log};

inline Lane lane_of(const Message& message) {
  return std::holds_alternative<Append>(message) || std::holds_alternative<AppendReply>(message) ? Lane::log
                                                                                                  : Lane::control;
}
inline std::string_view method_of(Lane lane) {
  return lane == Lane::control ? "/bao.raft.v1.Raft/Control" : "/bao.raft.v1.Raft/Log";
}

// Of one stream's queue; what does not fit is dropped, and the core told.
inline constexpr size_t kLaneQueueBytesMax = size_t{16} << 20;
inline constexpr size_t kFrameBytesMax = size_t{16} << 20;  // of one message of these
inline constexpr size_t kWriteBytesMax = size_t{1} << 20;   // envelopes sent together

}  // namespace bao::raft
