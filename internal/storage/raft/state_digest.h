// What a snapshot holds, in one number: the sender's last piece carries it, and the receiver compares it with what it has
// stored before that takes the place of its state. Over the records in the order of the stream:
//   digest = SHA-256(digest before || record as state_records writes it), beginning with the apply hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/sqlite/db.h"

namespace bao::storage::raft {

struct StateDigest {
  uint64_t records = 0;
  std::string digest;
  bool operator==(const StateDigest&) const = default;
};
// One record more.
void add_record(StateDigest& digest, std::string_view record);
// Of the tables, or of those that are being received ("_new"), read once. Errors: corrupt, unavailable.
enum class Tables : uint8_t { in_force, received };
base::Result<StateDigest> digest_of(sqlite::Db& db, std::string_view apply_hash, Tables tables);

}  // namespace bao::storage::raft
