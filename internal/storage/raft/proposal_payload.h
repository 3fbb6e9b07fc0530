// A proposal as the payload of a log entry, in the protobuf wire format:
//
//   message Entry {
//     uint32 format = 1;                   1
//     repeated Read reads = 2;             { bytes key = 1; uint64 modified = 2; }
//     repeated List lists = 3;             { bytes prefix = 1; bytes after = 2; int64 limit = 3; bytes hash = 4; }
//     repeated Operation operations = 4;   { uint32 kind = 1; bytes key = 2; bytes value = 3; bytes table = 4; bytes sort_key = 5; }
//     uint64 read_at = 5;
//   }
//
// Unlike messages at rest, an entry with an unknown field, kind or format is refused: every node must do the same with it, and
// one that passed over what it doesn't know would not. Such a node stops, until it is upgraded. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage::raft {

// Deterministic.
std::string encode_proposal(const Proposal& proposal);
// Errors: corrupt (no such message), unsupported (written by a newer version).
base::Result<Proposal> decode_proposal(std::string_view payload);

}  // namespace bao::storage::raft
