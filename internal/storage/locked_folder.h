// A folder on disk that is this process's alone: made when absent (for the owner only), held by a lock file for as long
// as the object lives. Immutable; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::storage {

class LockedFolder {
 public:
  // `lock_name` is the lock file's, below the folder. Errors: unavailable (in use by another process, not accessible).
  static base::Result<LockedFolder> open(const std::string& path, std::string_view lock_name);
  ~LockedFolder();  // unlocks
  LockedFolder(LockedFolder&& other) noexcept;
  LockedFolder(const LockedFolder&) = delete;
  LockedFolder& operator=(const LockedFolder&) = delete;
  LockedFolder& operator=(LockedFolder&&) = delete;

  const std::string& path() const { return path_; }

 private:
  LockedFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  const std::string path_;
  int lock_;  // descriptor of the lock file; -1 when moved from
};

// What the operating system said of a file, by errno: "PATH: DOING: No space left on device". Code::unavailable.
base::Error system_error(const std::string& path, std::string_view doing);

}  // namespace bao::storage
