#include "internal/sqlite/db.h"

#include <sqlite3.h>

#include <mutex>

#include "internal/sqlite/errors.h"
#include "internal/sqlite/gathered_wal.h"
#include "internal/sqlite/kept_mapping.h"

namespace bao::sqlite {
namespace {

// Process-wide settings, before SQLite's first use: no lock around statistics in the allocator.
void configure_process() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
  });
}

int note_wal_pages(void* pages, sqlite3*, const char*, int in_wal) {
  *static_cast<int*>(pages) = in_wal;
  return SQLITE_OK;
}

int is_past(void* deadline) {
  return std::chrono::steady_clock::now() > *static_cast<const std::chrono::steady_clock::time_point*>(deadline) ? 1 : 0;
}

constexpr int kOperationsBetweenClockReads = 1000;

}  // namespace

Db::Db(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}

base::Result<std::unique_ptr<Db>> Db::open(const std::string& path, const OpenOptions& options) {
  configure_process();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    (options.access == Access::read_only ? SQLITE_OPEN_READONLY
                                                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, options.vfs.c_str());
  if (code != SQLITE_OK) {
    const base::Error error = error_of(handle, code, path, "opening");
    sqlite3_close(handle);
    return error;
  }
  std::unique_ptr<Db> db(new Db(handle, path));
  TRY(db->configure(options));
  return db;
}

Db::~Db() {
  begin_write_ = {};
  commit_ = {};
  const int code = sqlite3_close(db_);
  ENSURE(code == SQLITE_OK, "statements end before their connection");
}

base::Status Db::configure(const OpenOptions& options) {
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, static_cast<int>(options.busy_timeout.count()));
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  int keep_wal = 1;
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
  const bool writes = options.access == Access::read_write;
  TRY(execute("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" + std::to_string(options.cache_kib) +
              "; PRAGMA mmap_size=" + std::to_string(options.mmap_bytes) + "; PRAGMA wal_autocheckpoint=0;" +
              (writes ? "PRAGMA journal_mode=WAL;" : "")));
  TRY(set_synchronous(options.synchronous));
  if (options.mmap_bytes > 0) keep_mapping(db_);
  if (!writes) return {};
  sqlite3_wal_hook(db_, note_wal_pages, &wal_pages_);
  if (const auto read = number("SELECT count(*) FROM sqlite_schema"); !read.ok()) return read.error();  // the first read opens the WAL
  wal_ = GatheredWal::gather(db_);
  return {};
}

base::Status Db::execute(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(db_, code, path_, "executing a statement");
  return {};
}

base::Result<Statement> Db::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return error_of(db_, code, path_, "preparing a statement");
  return Statement(this, statement);
}

base::Result<int64_t> Db::number(const std::string& sql) {
  ASSIGN_OR_RETURN(Statement statement, prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

base::Status Db::run(Statement& kept, std::string_view sql) {
  if (kept.statement_ == nullptr) {
    ASSIGN_OR_RETURN(kept, prepare(sql));
  }
  return kept.run();
}

bool Db::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

base::Status Db::set_synchronous(Synchronous synchronous) {
  constexpr const char* kPragmas[] = {"PRAGMA synchronous=OFF", "PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"};
  TRY(execute(kPragmas[static_cast<int>(synchronous)]));
  synchronous_ = synchronous;
  return {};
}

base::Result<Db::WalPages> Db::checkpoint(Checkpoint kind) {
  WalPages pages{0, 0};
  constexpr int kModes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART, SQLITE_CHECKPOINT_TRUNCATE};
  const int code = sqlite3_wal_checkpoint_v2(db_, "main", kModes[static_cast<int>(kind)], &pages.written, &pages.moved);
  const bool looked = code == SQLITE_OK || (code == SQLITE_BUSY && pages.written >= 0);
  if (!looked) return error_of(db_, code, path_, "checkpoint");
  return pages;
}

base::Status Db::sync(File which) {
  sqlite3_file* file = nullptr;
  const int operation = which == File::database ? SQLITE_FCNTL_FILE_POINTER : SQLITE_FCNTL_JOURNAL_POINTER;
  int code = sqlite3_file_control(db_, "main", operation, &file);
  if (code == SQLITE_OK) code = file != nullptr && file->pMethods != nullptr ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) : SQLITE_CANTOPEN;
  if (code != SQLITE_OK) return error_of(nullptr, code, path_, "syncing");
  return {};
}

base::Result<bool> Db::check(std::chrono::milliseconds budget) {
  auto deadline = std::chrono::steady_clock::now() + budget;
  ASSIGN_OR_RETURN(Statement statement, prepare("PRAGMA integrity_check(1)"));
  sqlite3_progress_handler(db_, kOperationsBetweenClockReads, is_past, &deadline);
  const int code = sqlite3_step(statement.statement_);
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  if ((code & 0xff) == SQLITE_INTERRUPT) return false;
  if (code != SQLITE_ROW) return error_of(db_, code, path_, "checking");
  const std::string_view finding = statement.blob(0);
  if (finding == "ok") return true;
  return base::corrupt(base::Words::of_node(path_ + ": the database is damaged: " + std::string(finding)));
}

base::Result<Transaction> Transaction::begin(Db& db, Kind kind) {
  TRY(kind == Kind::read ? db.execute("BEGIN") : db.run(db.begin_write_, "BEGIN IMMEDIATE"));
  return Transaction(db);
}

Transaction::~Transaction() {
  // SQLite has rolled back by itself after some errors.
  if (db_ != nullptr && db_->in_transaction()) (void)db_->execute("ROLLBACK");
}

base::Status Transaction::commit() {
  TRY(db_->run(db_->commit_, "COMMIT"));
  db_ = nullptr;
  return {};
}

}  // namespace bao::sqlite
