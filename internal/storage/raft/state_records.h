// The records of a snapshot on its way between two members: what SnapshotPiece::records holds, in the protobuf wire format.
//
//   message Records {
//     bytes apply_hash = 1;                 in the first piece
//     repeated Value values = 2;            { bytes key = 1; uint64 modified = 2; bytes value = 3; }
//     repeated Row rows = 3;                { bytes table = 1; bytes sort_key = 2; bytes key = 3; }
//     Trailer trailer = 4;                  in the last piece: { uint64 records = 1; bytes digest = 2; } (state_digest.h)
//     repeated Value next_values = 5;       of data that is being gathered to replace all (state_replacement.h)
//   }
//
// Values come in the order of their keys, then rows of index tables in theirs, then next values. SnapshotPiece::last_key names
// the last one of any (a Place), so that a stream goes on where it broke. Pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::storage::raft {

void put_hash(std::string& records, std::string_view apply_hash);
void put_value(std::string& records, std::string_view key, uint64_t modified, std::string_view value);
void put_next_value(std::string& records, std::string_view key, uint64_t modified, std::string_view value);
void put_row(std::string& records, std::string_view table, std::string_view sort_key, std::string_view key);
void put_trailer(std::string& records, uint64_t count, std::string_view digest);

struct RecordVisitor {
  std::function<base::Status(std::string_view apply_hash)> hash;
  std::function<base::Status(std::string_view key, uint64_t modified, std::string_view value)> value;
  std::function<base::Status(std::string_view table, std::string_view sort_key, std::string_view key)> row;
  std::function<base::Status(uint64_t count, std::string_view digest)> trailer;
  std::function<base::Status(std::string_view key, uint64_t modified, std::string_view value)> next_value;
};
// Stops at the visitor's first error. Errors: corrupt (no such message), unsupported (written by a newer version).
base::Status each_record(std::string_view records, const RecordVisitor& visitor);

// How far a stream came.
struct Place {
  enum class Part : uint8_t { values, rows, next_values };
  Part part = Part::values;
  std::string table, sort_key, key;  // of values: the key alone
};
std::string encode(const Place& place);
// "": before everything. Errors: corrupt.
base::Result<Place> decode_place(std::string_view text);

}  // namespace bao::storage::raft
