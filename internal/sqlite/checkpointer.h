// Moves what stands in the WAL into the database file while the writers go on. The pages are copied on the
// writing thread, between two transactions (SQLite's WAL-reset bug, db.h), which takes a few milliseconds; what takes long, the two fsyncs around the copying, is
// waited for on a thread of its own. As long as the copies are not on the disk a read transaction keeps the WAL from
// starting over: its frames are what a power loss leaves.
//
//   idle -> wal_unsynced -> wal_synced -> copies_unsynced -> copies_synced -> idle
//           (thread)        copied by     (thread)           read ended by
//                           rest()                           rest()
//
// A failed fsync ends the process; after any other failure to sync the WAL is kept and grows (broken).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/sqlite/db.h"

namespace bao::sqlite {

// Used on the thread of the writing connection, but for durable().
class Checkpointer {
 public:
  // `writer` outlives it. `mark`: a query of one number, which grows with what is committed. `let_go`: readers that can end
  // their read transactions do, or they would hold a checkpoint up. Errors: as Db::open and prepare.
  static base::Result<std::unique_ptr<Checkpointer>> open(Db& writer, const std::string& vfs, const std::string& mark,
                                                          std::function<void()> let_go);
  // Waits for what is under way. The writer's last checkpoint may come after it.
  ~Checkpointer();

  // Between two transactions: goes on with what is under way, begins a checkpoint when the WAL has grown enough for one. What fails is logged and tried again.
  void rest() EXCLUDES(mutex_);
  // The whole WAL, waited for: durable() is the mark of what is committed, unless a reader holds it up.
  base::Status now() EXCLUDES(mutex_);
  // The newest mark that is in the database file for certain; 0: none is known to be.
  uint64_t durable() const { return durable_.load(std::memory_order_acquire); }

 private:
  enum class Stage { idle, wal_unsynced, wal_synced, copies_unsynced, copies_synced, broken };

  // A read transaction of one moment; the thread's while something is unsynced.
  struct Pin {
    std::unique_ptr<Db> db;
    Statement begin, end, mark;
    uint64_t marked = 0;
  };

  Checkpointer(Db& writer, Pin pin, std::function<void()> let_go);
  base::Status set_pin();
  void drop_pin();
  void run() EXCLUDES(mutex_);
  Stage stage() EXCLUDES(mutex_);
  void enter(Stage stage) EXCLUDES(mutex_);
  void wait_for_sync() EXCLUDES(mutex_);
  base::Status begin() EXCLUDES(mutex_);
  bool advance() EXCLUDES(mutex_);
  void copy() EXCLUDES(mutex_);
  void finish() EXCLUDES(mutex_);
  void note_restart();

  Db& writer_;
  Pin pin_;
  const std::function<void()> let_go_;
  std::atomic<uint64_t> durable_{0};
  int pages_ = 0;          // of the WAL, when it was looked at last
  int pinned_pages_ = 0;   // of them, what the checkpoint under way is about
  int moved_pages_ = 0;    // of them, what is in the database file
  int next_at_;            // pages of the WAL at which the next checkpoint begins
  base::Mutex mutex_{base::Rank::checkpoint};
  base::Condition changed_;
  Stage stage_ GUARDED_BY(mutex_) = Stage::idle;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::sqlite
