// The steps by which all data is replaced (README), as the payloads of log entries, in the protobuf wire format:
//
//   message Replacement {
//     uint32 format = 1;    2: what tells it from a proposal
//     uint32 step = 2;      1 begin, 2 add, 3 finish, 4 drop
//     bytes id = 3;         of this replacement
//     uint64 pieces = 4;    add: how many came before; finish: how many there are
//     bytes records = 5;    add: whole records, as an archive's state.bin has them
//   }
//
// As with proposals, what this version does not know it refuses. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::storage::raft {

struct ReplacementStep {
  enum class Kind : uint8_t { begin = 1, add = 2, finish = 3, drop = 4 };
  Kind kind = Kind::begin;
  std::string id;
  uint64_t pieces = 0;
  std::string records;
};

bool is_replacement(std::string_view payload);
std::string encode_replacement(const ReplacementStep& step);
// Errors: corrupt (no such message), unsupported (written by a newer version).
base::Result<ReplacementStep> decode_replacement(std::string_view payload);

}  // namespace bao::storage::raft
