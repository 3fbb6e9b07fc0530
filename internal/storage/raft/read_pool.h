// Read-only connections to state.db: a bounded number, lent to one snapshot each. A connection keeps its read transaction
// when it comes back, so that reads without a write between them begin nothing. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/sqlite/db.h"

namespace bao::storage::raft {

// Used by one thread at a time.
struct ReadConnection {
  std::unique_ptr<sqlite::Db> db;  // outlives the statements
  sqlite::Statement begin, end, applied, get, list, scan, each;
  base::Index index;               // of the read transaction
  bool reading = false;            // a read transaction is open
  uint64_t round = 0;              // of the pool, when it was lent

  static base::Result<std::unique_ptr<ReadConnection>> open(const std::string& file, const std::string& vfs);
  base::Status begin_reading();
  void end_reading();
};

class ReadPool {
 public:
  ReadPool(std::string file, std::string vfs) : file_(std::move(file)), vfs_(std::move(vfs)) {}
  // Every connection is back by then.
  ~ReadPool();

  // A connection whose read transaction sees at least `applied`. Waits when kReadConnectionsMax are lent; after a while
  // Code::unavailable.
  base::Result<std::unique_ptr<ReadConnection>> lend(base::Index applied) EXCLUDES(mutex_);
  void give_back(std::unique_ptr<ReadConnection> connection) EXCLUDES(mutex_);
  // Ends the read transactions of those that are not lent, and of the others when they come back, so that a checkpoint gets
  // past them.
  void let_go() EXCLUDES(mutex_);

 private:
  base::Result<std::unique_ptr<ReadConnection>> take() EXCLUDES(mutex_);

  const std::string file_, vfs_;
  base::Mutex mutex_{base::Rank::storage_pool};
  base::Condition returned_;
  std::vector<std::unique_ptr<ReadConnection>> idle_ GUARDED_BY(mutex_);  // the one used last at the end: it is warm
  size_t open_ GUARDED_BY(mutex_) = 0;
  uint64_t round_ GUARDED_BY(mutex_) = 0;  // another one after each let_go()
};

}  // namespace bao::storage::raft
