// One connection to a SQLite database in WAL mode, used by one thread at a time (opened NOMUTEX). All connections of a
// database are in this process: the "unix-excl" locking keeps the WAL index in memory and other processes out.
//
// SQLite up to 3.51.2 can damage a database when two connections write or checkpoint at one moment: commit and
// checkpoint on the one writing connection only; nothing here checkpoints by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/sqlite/statement.h"

struct sqlite3;

namespace bao::sqlite {

enum class Access { read_only, read_write };  // read_write creates the file
// full: a commit returns when it is on the disk. normal: checkpoints alone wait for it. off: nothing does (Db::sync).
enum class Synchronous { off, normal, full };

struct OpenOptions {
  Access access = Access::read_write;
  Synchronous synchronous = Synchronous::full;
  std::string vfs = "unix-excl";
  int64_t mmap_bytes = int64_t{1} << 30;
  int cache_kib = 256;
  std::chrono::milliseconds busy_timeout{5000};
};

class GatheredWal;

class Db {
 public:
  // Errors: corrupt (not a database, damaged header), unavailable (cannot be opened, locked by another process). The
  // message names the file.
  static base::Result<std::unique_ptr<Db>> open(const std::string& path, const OpenOptions& options);
  ~Db();
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  const std::string& path() const { return path_; }
  // Statements without parameters or results, separated by ';'.
  base::Status execute(const std::string& sql);
  // For a statement that is used again and again; ends before the Db does.
  base::Result<Statement> prepare(std::string_view sql);
  base::Result<int64_t> number(const std::string& sql);  // the first column of the first row; 0 without rows
  bool in_transaction() const;

  // In force from the next transaction or checkpoint on.
  Synchronous synchronous() const { return synchronous_; }
  base::Status set_synchronous(Synchronous synchronous);

  // Moves the WAL's pages into the database file, as far as readers let it. `passive` waits for nobody; `restart` waits up
  // to the busy timeout for readers, so that the WAL starts over; `truncate` leaves an empty WAL, for an orderly end.
  enum class Checkpoint { passive, restart, truncate };
  struct WalPages {
    int written, moved;
  };
  base::Result<WalPages> checkpoint(Checkpoint kind);
  // Waits until what any connection wrote to that file is on the disk. The WAL: only within a transaction.
  enum class File { database, wal };
  base::Status sync(File which);
  // Pages in the WAL after the last commit on this connection, moved already or not; small again when it started over.
  int wal_pages() const { return wal_pages_; }

  // Reads the structure of the whole database, for at most `budget`: Code::corrupt with the first finding.
  // True when it got through, false when it ended early and nothing was found.
  base::Result<bool> check(std::chrono::milliseconds budget);

 private:
  friend class Transaction;
  Db(sqlite3* db, std::string path);
  // Runs a statement that is kept from its first use on.
  base::Status run(Statement& kept, std::string_view sql);
  base::Status configure(const OpenOptions& options);

  sqlite3* db_;
  std::unique_ptr<GatheredWal> wal_;
  std::string path_;
  Statement begin_write_, commit_;
  int wal_pages_ = 0;
  Synchronous synchronous_ = Synchronous::full;
};

// Rolls back unless commit() returned ok. Read transactions see one snapshot from their first read on.
class Transaction {
 public:
  enum class Kind { read, write };
  static base::Result<Transaction> begin(Db& db, Kind kind);
  Transaction(Transaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  base::Status commit();

 private:
  explicit Transaction(Db& db) : db_(&db) {}
  Db* db_;
};

}  // namespace bao::sqlite
