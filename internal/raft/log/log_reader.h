// Reads entries on read-only connections, beside the log writer. Thread-safe: a connection is lent for one call, so that
// no lock is held while the disk is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

class LogReader {
 public:
  LogReader(std::string file, std::string vfs);
  ~LogReader();

  // See LogStore::load.
  base::Result<Entries> load(GroupId group, Index first, Index last, size_t bytes_max) EXCLUDES(mutex_);
  // The newest entries up to `bytes_max` of payload, in order.
  base::Result<Entries> tail(GroupId group, size_t bytes_max) EXCLUDES(mutex_);

 private:
  struct Connection;
  enum class Order { rising, falling };
  base::Result<Entries> read(GroupId group, Index first, Index last, size_t bytes_max, Order order) EXCLUDES(mutex_);
  base::Result<std::unique_ptr<Connection>> lend() EXCLUDES(mutex_);
  void give_back(std::unique_ptr<Connection> connection) EXCLUDES(mutex_);

  const std::string file_, vfs_;
  base::Mutex mutex_{base::Rank::storage_pool};
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace bao::raft
