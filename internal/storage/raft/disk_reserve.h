// The free space that is kept on the disk of the data, so that what was accepted can be brought to an end: below it new
// writes are refused, cleanly, before anything is changed (ARCHITECTURE D3). Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "internal/base/result.h"

namespace bao::storage::raft {

class DiskReserve {
 public:
  // Free bytes of the file system that holds the folder.
  using FreeBytes = std::function<base::Result<uint64_t>(const std::string& folder)>;

  DiskReserve(std::string folder, FreeBytes free_bytes) : folder_(std::move(folder)), free_bytes_(std::move(free_bytes)) {}
  // Code::unavailable below base::kDiskReserveBytes. Logs once when that begins, and once when there is room again.
  base::Status check();

 private:
  void tell(bool below, const std::string& free);

  const std::string folder_;
  const FreeBytes free_bytes_;
  std::atomic<bool> below_{false};
};

}  // namespace bao::storage::raft
