// Snapshot archives as `operator raft snapshot save` writes them:
//   gzip( tar( meta.json, state.bin, SHA256SUMS, SHA256SUMS.sealed ) ), members in any order;
//   state.bin is records of uvarint(length) and protobuf {1: key, 2: value}.
// Stricter than OpenBao, because nothing may have changed when an error is found: the checksums of gzip and of the sums,
// the length, and every record are checked before anything is returned. Pure functions. Errors: Code::invalid with
// OpenBao's texts where it has one, Code::too_large past `bytes_max`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage {

struct SnapshotArchive {
  base::Index index;        // of meta.json; a restore goes on above it
  base::Term term;
  std::string meta;         // meta.json as it is
  std::string state;        // state.bin
  std::string sealed_sums;  // SHA256SUMS.sealed, a blob for the seal that wrote the archive; "" when absent
};

// `bytes_max` bounds the decompressed archive.
base::Result<SnapshotArchive> read_snapshot_archive(std::string_view archive, size_t bytes_max);

// Who wrote an archive, and the seal over its sums.
struct SnapshotOrigin {
  std::string node_id, address;
  base::Time taken{};
  std::function<base::Result<std::string>(std::string_view sums)> seal;
};
// The archive of one moment, in memory. Errors: those of the snapshot and of the seal.
base::Result<std::string> write_snapshot_archive(Snapshot& snapshot, const SnapshotOrigin& origin);

// Compares a text of sums (the opened SHA256SUMS.sealed) with the archive's members.
base::Status check_sums(const SnapshotArchive& archive, std::string_view sums);

// The records in the order of the archive; of a key that comes twice the last one counts. The views live as long as
// `state`. Stops when the visitor returns an error.
base::Status each_record(std::string_view state,
                         const std::function<base::Status(std::string_view key, std::string_view value)>& visit);

}  // namespace bao::storage
