#include "internal/raft/log/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "internal/codec/crc32c.h"
#include "internal/crypto/hash.h"
#include "internal/raft/log/wal_audit.h"
#include "internal/sqlite/new_database.h"

namespace bao::raft {
namespace {

constexpr int64_t kApplication = 0x62616f6c;  // "baol"
constexpr int64_t kFormat = 1;
constexpr uintmax_t kBytesMin = 512;  // of any SQLite database
constexpr std::chrono::milliseconds kCheckBudget{200};
constexpr std::chrono::milliseconds kWaitForReaders{20};  // at a checkpoint that starts the WAL over
constexpr int kCacheKib = 4 << 10;

sqlite::OpenOptions writer_options(const std::string& vfs) {
  sqlite::OpenOptions options;
  options.vfs = vfs;
  options.cache_kib = kCacheKib;
  options.mmap_bytes = 0;
  options.busy_timeout = kWaitForReaders;
  return options;
}

int64_t identity_checksum(const LogIdentity& identity) {
  const std::string text = std::to_string(identity.node.value) + "/" + identity.incarnation + "/" + identity.cluster_id;
  return codec::crc32c(text);
}

base::Status make_schema(sqlite::Db& db) {
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::begin(db, sqlite::Transaction::Kind::write));
  TRY(db.execute("CREATE TABLE log(id INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL,"
                 " checksum INTEGER NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL);"
                 "CREATE TABLE hard_state(slot INTEGER PRIMARY KEY, group_id INTEGER NOT NULL UNIQUE, term INTEGER NOT NULL,"
                 " vote INTEGER NOT NULL, commit_hint INTEGER NOT NULL, start_index INTEGER NOT NULL,"
                 " start_term INTEGER NOT NULL, start_chain BLOB NOT NULL, last_index INTEGER NOT NULL,"
                 " last_term INTEGER NOT NULL, last_chain BLOB NOT NULL, configuration_index INTEGER NOT NULL,"
                 " configuration BLOB NOT NULL, checksum INTEGER NOT NULL);"
                 "CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), format INTEGER NOT NULL, cluster_id BLOB NOT NULL,"
                 " node INTEGER NOT NULL, incarnation BLOB NOT NULL, checksum INTEGER NOT NULL);"
                 "PRAGMA application_id=" + std::to_string(kApplication)));
  TRY(write_identity(db, {"", kNobody, crypto::random_uuid()}));
  return transaction.commit();
}

base::Error system_error(const std::string& path, const char* doing) {
  return {base::Code::unavailable, path + ": " + doing + ": " + std::strerror(errno)};
}

base::Status sync_folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(folder, "opening the folder");
  const int code = fsync(descriptor);
  ::close(descriptor);
  return code == 0 ? base::Status() : system_error(folder, "fsync of the folder");
}

// With its name durable; the WAL of a log that is gone must not be taken for its own.
base::Status make_log(const std::string& file, const std::string& vfs) {
  std::error_code error;
  std::filesystem::remove(file + "-wal", error);
  TRY(sqlite::make_database(file, writer_options(vfs), "making the log", make_schema));
  return sync_folder_of(file);
}

base::Status check_kind(sqlite::Db& db) {
  ASSIGN_OR_RETURN(const int64_t application, db.number("PRAGMA application_id"));
  if (application != kApplication) return base::invalid("this is a SQLite database of something else");
  ASSIGN_OR_RETURN(const int64_t format, db.number("SELECT format FROM meta WHERE id = 1"));
  if (format != kFormat) {
    return base::invalid("the log has format " + std::to_string(format) + ", which this version does not know");
  }
  ASSIGN_OR_RETURN([[maybe_unused]] const bool complete, db.check(kCheckBudget));
  return {};
}

base::Status read_chain(const sqlite::Statement& row, int column, Chain& chain) {
  const std::string_view bytes = row.blob(column);
  if (bytes.size() != chain.size()) return base::corrupt("the hard state is damaged: a chain of a wrong length");
  std::memcpy(chain.data(), bytes.data(), bytes.size());
  return {};
}

uint64_t unsigned_of(const sqlite::Statement& row, int column) { return static_cast<uint64_t>(row.number(column)); }
int64_t bits(uint64_t number) { return static_cast<int64_t>(number); }

base::Status read_group(const sqlite::Statement& row, GroupRow& group) {
  group.slot = static_cast<uint32_t>(row.number(0));
  group.group.value = static_cast<uint32_t>(row.number(1));
  group.hard = {Term{unsigned_of(row, 2)}, NodeId{unsigned_of(row, 3)}, Index{unsigned_of(row, 4)}};
  group.start.position = {Index{unsigned_of(row, 5)}, Term{unsigned_of(row, 6)}};
  TRY(read_chain(row, 7, group.start.chain));
  group.last.position = {Index{unsigned_of(row, 8)}, Term{unsigned_of(row, 9)}};
  TRY(read_chain(row, 10, group.last.chain));
  group.configuration_index.value = unsigned_of(row, 11);
  group.configuration = row.blob(12);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<sqlite::Db>> open_log_file(const std::string& file, const std::string& vfs) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) TRY(make_log(file, vfs));
  if (const auto bytes = std::filesystem::file_size(file, error); !error && bytes < kBytesMin) {
    return base::corrupt(file + ": the log is damaged: the file is cut short");
  }
  TRY(audit_wal(file + "-wal"));
  ASSIGN_OR_RETURN(auto db, sqlite::Db::open(file, writer_options(vfs)));
  // Entries are ciphertext of the barrier: what was deleted needs no zeroes, which would write every page twice.
  TRY(db->execute("PRAGMA secure_delete=OFF"));
  if (const auto checked = check_kind(*db); !checked.ok()) return checked.error().within(file);
  return db;
}

base::Result<LogIdentity> read_identity(sqlite::Db& db) {
  ASSIGN_OR_RETURN(auto row, db.prepare("SELECT cluster_id, node, incarnation, checksum FROM meta WHERE id = 1"));
  ASSIGN_OR_RETURN(const bool found, row.step());
  if (!found) return base::corrupt("the log is damaged: no row in meta");
  LogIdentity identity{std::string(row.blob(0)), NodeId{unsigned_of(row, 1)}, std::string(row.blob(2))};
  if (identity_checksum(identity) != row.number(3)) return base::corrupt("the log's identity is damaged");
  return identity;
}

base::Status write_identity(sqlite::Db& db, const LogIdentity& identity) {
  ASSIGN_OR_RETURN(auto write, db.prepare("INSERT OR REPLACE INTO meta VALUES(1, ?1, ?2, ?3, ?4, ?5)"));
  return write.bind(1, kFormat).bind(2, identity.cluster_id).bind(3, bits(identity.node.value))
      .bind(4, identity.incarnation).bind(5, identity_checksum(identity)).run();
}

base::Result<std::vector<GroupRow>> read_groups(sqlite::Db& db) {
  std::vector<GroupRow> groups;
  ASSIGN_OR_RETURN(auto row, db.prepare("SELECT * FROM hard_state ORDER BY slot"));
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, row.step());
    if (!found) break;
    GroupRow group;
    TRY(read_group(row, group));
    TRY(validate(group, static_cast<uint32_t>(groups.size()), row.number(13)));
    groups.push_back(std::move(group));
  }
  // A row behind the last group belongs to one whose hard state is lost.
  ASSIGN_OR_RETURN(const int64_t newest, db.number("SELECT id FROM log ORDER BY id DESC LIMIT 1"));
  if (newest > row_id(static_cast<uint32_t>(groups.size()), Index{})) {
    return base::corrupt("the log is damaged: entries of a group without hard state");
  }
  return groups;
}

base::Result<sqlite::Statement> prepare_group(sqlite::Db& db) {
  return db.prepare("INSERT INTO hard_state VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
                    " ON CONFLICT(slot) DO UPDATE SET term = ?3, vote = ?4, commit_hint = ?5, start_index = ?6, start_term = ?7,"
                    " start_chain = ?8, last_index = ?9, last_term = ?10, last_chain = ?11, configuration_index = ?12,"
                    " configuration = ?13, checksum = ?14");
}

base::Status write_group(sqlite::Statement& statement, const GroupRow& row) {
  return statement.bind(1, int64_t{row.slot}).bind(2, int64_t{row.group.value}).bind(3, bits(row.hard.term.value))
      .bind(4, bits(row.hard.vote.value)).bind(5, bits(row.hard.commit.value))
      .bind(6, bits(row.start.position.index.value)).bind(7, bits(row.start.position.term.value))
      .bind(8, view(row.start.chain)).bind(9, bits(row.last.position.index.value))
      .bind(10, bits(row.last.position.term.value)).bind(11, view(row.last.chain))
      .bind(12, bits(row.configuration_index.value)).bind(13, row.configuration).bind(14, int64_t{checksum(row)}).run();
}

}  // namespace bao::raft
