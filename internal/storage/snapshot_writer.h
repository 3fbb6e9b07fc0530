// Writing the archives that internal/archive reads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/spool_file.h"
#include "internal/storage/backend.h"

namespace bao::storage {

// Who wrote an archive, and the seal over its sums.
struct SnapshotOrigin {
  std::string node_id, address;
  base::Time taken{};
  std::function<base::Result<std::string>(std::string_view sums)> seal;
};
// The archive of one moment, in a file: its records are read twice, for the archive says their length before them, and are never
// all in memory. Errors: those of the snapshot and of the seal; unavailable (no room among the temporary files), too_large (8 GiB).
base::Result<std::shared_ptr<const base::SpoolFile>> write_snapshot_archive(Snapshot& snapshot, const SnapshotOrigin& origin);

}  // namespace bao::storage
