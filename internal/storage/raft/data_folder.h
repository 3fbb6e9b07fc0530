// The folder of a node's data: made when absent, locked against a second process, recognised when it is someone else's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "internal/base/result.h"

namespace bao::storage::raft {

class DataFolder {
 public:
  // Errors: unavailable (locked, not accessible), invalid (holds OpenBao's or Vault's own database and none of ours).
  static base::Result<std::unique_ptr<DataFolder>> open(const std::string& path);
  ~DataFolder();  // unlocks
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string state_file() const { return path_ + "/state.db"; }
  // Makes the names of new files durable.
  base::Status sync() const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  const std::string path_;
  const int lock_;  // descriptor of the lock file
};

// Bytes that the file system of `folder` has left for us.
base::Result<uint64_t> free_bytes(const std::string& folder);

}  // namespace bao::storage::raft
