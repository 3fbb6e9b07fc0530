// Snapshot archives as `operator raft snapshot save` writes them:
//   gzip( tar( meta.json, state.bin, SHA256SUMS, SHA256SUMS.sealed ) ), members in any order;
//   state.bin is records of uvarint(length) and protobuf {1: key, 2: value}.
// Stricter than OpenBao, because nothing may have changed when an error is found: the checksums of gzip and of the sums,
// the length, and every record are checked before anything is returned. state.bin may be larger than memory, and is never in it.
// Errors: Code::invalid with OpenBao's texts where it has one, Code::too_large past `bytes_max`, Code::unavailable (no room for
// state.bin among the temporary files).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/base/spool_file.h"

namespace bao::archive {

struct SnapshotArchive {
  base::Index index;        // of meta.json; a restore goes on above it
  base::Term term;
  std::string meta;         // meta.json as it is
  std::shared_ptr<const base::SpoolFile> spooled;  // what `state` is a view of
  std::string_view state;   // state.bin
  std::string sealed_sums;  // SHA256SUMS.sealed, a blob for the seal that wrote the archive; "" when absent
};

// `bytes_max` bounds the decompressed archive.
base::Result<SnapshotArchive> read_snapshot_archive(std::string_view archive, size_t bytes_max);

// Compares a text of sums (the opened SHA256SUMS.sealed) with the archive's members.
base::Status check_sums(const SnapshotArchive& archive, std::string_view sums);

// The records in the order of the archive; of a key that comes twice the last one counts. The views live as long as
// `state`. Stops when the visitor returns an error.
base::Status each_record(std::string_view state,
                         const std::function<base::Status(std::string_view key, std::string_view value)>& visit);

// The records as a node takes them, in pieces of whole ones: of about `bytes` each, but for a record that is larger. What belongs
// to the log of the node that wrote the archive is left out.
base::Status each_piece(std::string_view state, size_t bytes, const std::function<base::Status(std::string_view piece)>& take);

// What belongs to the log of the node that wrote it, not to the data.
bool is_of_the_log(std::string_view key);

}  // namespace bao::archive
