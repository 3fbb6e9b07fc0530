#include "internal/storage/raft/disk_reserve.h"

#include "internal/base/limits.h"
#include "internal/base/log.h"

namespace bao::storage::raft {

base::Status DiskReserve::check() {
  const auto bytes = free_bytes_(folder_);
  const bool below = bytes.ok() && *bytes < base::kDiskReserveBytes;
  if (below != below_.load(std::memory_order_relaxed) && below_.exchange(below) != below)
    tell(below, bytes.ok() ? std::to_string(*bytes) : "unknown");
  if (!below) return {};
  return base::Error(base::Code::unavailable, "storage: less than 64 MiB are free on the disk of " + folder_ +
                                                  "; writes are refused until there is room");
}

void DiskReserve::tell(bool below, const std::string& free) {
  if (!below) return base::log_info("storage", "there is room on the disk again: writes are taken", {{"free_bytes", free}});
  base::log_error("storage", "the disk is almost full: writes are refused until there is room",
                  {{"folder", folder_}, {"free_bytes", free}, {"reserve_bytes", std::to_string(base::kDiskReserveBytes)}});
}

}  // namespace bao::storage::raft
