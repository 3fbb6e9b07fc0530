// A SQLite file layer for tests: the real files, with faults on demand, and with a memory of what was written and not
// yet synced, so that a power loss can be played afterwards. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/mutex.h"

struct sqlite3_file;
struct sqlite3_vfs;

namespace bao::sqlite {

class FaultVfs {
 public:
  enum class Operation { read, write, sync, truncate, remove };
  enum class Fault {
    io_error,    // this once
    disk_full,   // this and every later write, until clear()
    power_loss,  // nothing reaches the disk from here on, until lose_unsynced(); a write met by it may be there in part
    bit_flip,    // read: one bit of what is read, this once
    misdirected, // write: reported as done, but its bytes went one page further
    hang,        // this operation and those after it wait until clear()
    stuck        // this operation waits until clear(); others go on
  };

  // Registers itself under `name`; every connection that uses it is closed before it ends.
  explicit FaultVfs(std::string name);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }
  // The nth operation of this kind from now (1: the next) meets the fault.
  void fail(Operation operation, int64_t nth, Fault fault) EXCLUDES(mutex_);
  void clear() EXCLUDES(mutex_);
  bool power_lost() const EXCLUDES(mutex_);
  // Operations of this kind so far.
  int64_t count(Operation operation) const EXCLUDES(mutex_);
  // Blocks until an operation waits.
  void wait_until_it_hangs() EXCLUDES(mutex_);
  bool hangs() const EXCLUDES(mutex_);
  // After every connection is closed: what was not synced is lost wholly, kept up to a torn write, or kept, lost and torn
  // write by write, as the seed decides. Then the power is back.
  void lose_unsynced(uint64_t seed) EXCLUDES(mutex_);

 private:
  friend struct FaultFile;
  struct Unsynced {
    int64_t offset;
    std::string before, after;
    int64_t size_before;  // of the file
  };
  struct Plan {
    int64_t count = 0, fails_at = -1;
    Fault fault = Fault::io_error;
  };

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory);
  struct Meeting {
    int code = 0;                // SQLITE_OK or the error to report
    std::optional<Fault> fault;  // met by this very operation
  };
  Meeting meet(Operation operation) EXCLUDES(mutex_);
  void remember(const std::string& path, Unsynced write) EXCLUDES(mutex_);
  void synced(const std::string& path) EXCLUDES(mutex_);

  const std::string name_;
  sqlite3_vfs* real_ = nullptr;
  std::unique_ptr<sqlite3_vfs> vfs_;
  mutable base::Mutex mutex_{base::Rank::sqlite};
  std::map<Operation, Plan> plans_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Unsynced>> unsynced_ GUARDED_BY(mutex_);
  bool power_lost_ GUARDED_BY(mutex_) = false;
  bool disk_full_ GUARDED_BY(mutex_) = false;
  bool hung_ GUARDED_BY(mutex_) = false;
  bool stuck_ GUARDED_BY(mutex_) = false;
  int waiting_ GUARDED_BY(mutex_) = 0;
  base::Condition released_;
};

}  // namespace bao::sqlite
