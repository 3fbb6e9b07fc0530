// The folder of a node's data: made when absent, locked against a second process, recognised when it is someone else's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "internal/base/result.h"
#include "internal/storage/locked_folder.h"

namespace bao::storage::raft {

class DataFolder {
 public:
  // Errors: unavailable (locked, not accessible), invalid (holds OpenBao's or Vault's own database and none of ours).
  static base::Result<std::unique_ptr<DataFolder>> open(const std::string& path);

  const std::string& path() const { return folder_.path(); }
  std::string state_file() const { return path() + "/state.db"; }
  std::string log_file() const { return path() + "/log.db"; }
  // Makes the names of new files durable.
  base::Status sync() const;

 private:
  explicit DataFolder(LockedFolder folder) : folder_(std::move(folder)) {}
  const LockedFolder folder_;
};

// Bytes that the file system of `folder` has left for us.
base::Result<uint64_t> free_bytes(const std::string& folder);

}  // namespace bao::storage::raft
