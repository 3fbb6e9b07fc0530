#include "internal/storage/raft/state_install.h"

#include "internal/storage/raft/state_digest.h"
#include "internal/storage/raft/state_meta.h"
#include "internal/storage/raft/state_records.h"

namespace bao::storage::raft {
namespace {

using sqlite::Transaction;

// Which snapshot an installation is of: the chain ties it to one history.
std::string name_of(const ::bao::raft::SnapshotMeta& meta) {
  return std::to_string(meta.last.term.value) + "-" + std::to_string(meta.last.index.value) + "-" +
         std::string(reinterpret_cast<const char*>(meta.chain.data()), meta.chain.size());
}

constexpr const char* kDrop = "DROP TABLE IF EXISTS kv_new; DROP TABLE IF EXISTS index_row_new; DROP TABLE IF EXISTS kv_next_new; DROP TABLE IF EXISTS install;";
constexpr const char* kMake =
    "CREATE TABLE kv_new(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL, value BLOB NOT NULL);"
    "CREATE TABLE kv_next_new(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL, value BLOB NOT NULL);"
    "CREATE TABLE index_row_new(table_name BLOB NOT NULL, sort_key BLOB NOT NULL, key BLOB NOT NULL,"
    " PRIMARY KEY(table_name, sort_key, key)) WITHOUT ROWID;"
    "CREATE TABLE install(id INTEGER PRIMARY KEY CHECK(id = 1), name BLOB NOT NULL, last_key BLOB NOT NULL,"
    " complete INTEGER NOT NULL, apply_hash BLOB NOT NULL, records INTEGER NOT NULL, digest BLOB NOT NULL);";
constexpr const char* kSwap =
    "DROP TABLE kv; ALTER TABLE kv_new RENAME TO kv; DROP TABLE index_row; ALTER TABLE index_row_new RENAME TO index_row;"
    "DROP TABLE kv_next; ALTER TABLE kv_next_new RENAME TO kv_next;"
    "DROP TABLE install;";

}  // namespace

base::Result<bool> StateInstall::under_way() {
  ASSIGN_OR_RETURN(const int64_t tables, db_.number("SELECT count(*) FROM sqlite_schema WHERE name = 'install'"));
  return tables > 0;
}

base::Result<std::string> StateInstall::begin(const ::bao::raft::SnapshotMeta& meta) {
  ASSIGN_OR_RETURN(const bool begun, under_way());
  if (begun) {
    ASSIGN_OR_RETURN(auto row, db_.prepare("SELECT name, last_key FROM install"));
    ASSIGN_OR_RETURN(const bool found, row.step());
    if (found && row.blob(0) == name_of(meta)) return std::string(row.blob(1));
  }
  ASSIGN_OR_RETURN(auto transaction, Transaction::begin(db_, Transaction::Kind::write));
  TRY(db_.execute(kDrop));
  TRY(db_.execute(kMake));
  {
    const std::string name = name_of(meta);
    ASSIGN_OR_RETURN(auto row, db_.prepare("INSERT INTO install VALUES(1, ?1, x'', 0, zeroblob(32), 0, x'')"));
    TRY(row.bind(1, name).run());
  }
  TRY(transaction.commit());
  return std::string();
}

base::Status StateInstall::add(const ::bao::raft::SnapshotPiece& piece) {
  ASSIGN_OR_RETURN(const bool begun, under_way());
  if (!begun) return base::invalid("no snapshot is being installed");
  ASSIGN_OR_RETURN(auto transaction, Transaction::begin(db_, Transaction::Kind::write));
  TRY(store(piece));
  return transaction.commit();
}

base::Status StateInstall::store(const ::bao::raft::SnapshotPiece& piece) {
  ASSIGN_OR_RETURN(auto hash, db_.prepare("UPDATE install SET apply_hash = ?1"));
  ASSIGN_OR_RETURN(auto trailer, db_.prepare("UPDATE install SET records = ?1, digest = ?2"));
  ASSIGN_OR_RETURN(auto value, db_.prepare("INSERT OR REPLACE INTO kv_new(key, modified_index, value) VALUES(?1, ?2, ?3)"));
  ASSIGN_OR_RETURN(auto next, db_.prepare("INSERT OR REPLACE INTO kv_next_new(key, modified_index, value) VALUES(?1, ?2, ?3)"));
  ASSIGN_OR_RETURN(auto row, db_.prepare("INSERT OR REPLACE INTO index_row_new VALUES(?1, ?2, ?3)"));
  TRY(each_record(piece.records,
                  {[&](std::string_view bytes) { return hash.bind(1, bytes).run(); },
                   [&](std::string_view key, uint64_t modified, std::string_view bytes) {
                     return value.bind(1, key).bind(2, static_cast<int64_t>(modified)).bind(3, bytes).run();
                   },
                   [&](std::string_view table, std::string_view sort_key, std::string_view key) {
                     return row.bind(1, table).bind(2, sort_key).bind(3, key).run();
                   },
                   [&](uint64_t count, std::string_view digest) {
                     return trailer.bind(1, static_cast<int64_t>(count)).bind(2, digest).run();
                   },
                   [&](std::string_view key, uint64_t modified, std::string_view bytes) {
                     return next.bind(1, key).bind(2, static_cast<int64_t>(modified)).bind(3, bytes).run();
                   }}));
  ASSIGN_OR_RETURN(auto note, db_.prepare("UPDATE install SET last_key = ?1, complete = ?2"));
  return note.bind(1, piece.last_key).bind(2, int64_t{piece.last}).run();
}

base::Status StateInstall::finish(const ::bao::raft::SnapshotMeta& meta) {
  ASSIGN_OR_RETURN(const bool begun, under_way());
  if (!begun) return base::invalid("no snapshot is being installed");
  const auto whole = verify(meta);
  ASSIGN_OR_RETURN(auto transaction, Transaction::begin(db_, Transaction::Kind::write));
  if (whole.ok()) TRY(swap(meta));
  else if (whole.error().code() == base::Code::corrupt) TRY(db_.execute(kDrop));
  TRY(transaction.commit());
  return whole;
}

// What is stored is what the sender has, record for record.
base::Status StateInstall::verify(const ::bao::raft::SnapshotMeta& meta) {
  ASSIGN_OR_RETURN(auto row, db_.prepare("SELECT name, complete, apply_hash, records, digest FROM install"));
  ASSIGN_OR_RETURN(const bool found, row.step());
  if (!found || row.blob(0) != name_of(meta)) return base::invalid("another snapshot is being installed");
  if (row.number(1) == 0) return base::invalid("the last piece of the snapshot is missing");
  const StateDigest sent{static_cast<uint64_t>(row.number(3)), std::string(row.blob(4))};
  ASSIGN_OR_RETURN(const StateDigest stored, digest_of(db_, std::string(row.blob(2)), Tables::received));
  if (stored == sent) return {};
  return base::corrupt("a snapshot of " + std::to_string(sent.records) + " records was received as " +
                       std::to_string(stored.records) + " others; it is fetched anew");
}

base::Status StateInstall::swap(const ::bao::raft::SnapshotMeta& meta) {
  StateMeta state{meta, true, ""};
  {
    ASSIGN_OR_RETURN(auto row, db_.prepare("SELECT apply_hash FROM install"));
    ASSIGN_OR_RETURN(const bool found, row.step());
    if (found) state.apply_hash = row.blob(0);
  }
  TRY(db_.execute(kSwap));
  ASSIGN_OR_RETURN(auto save, prepare_state_meta(db_));
  return write_state_meta(save, state);
}

}  // namespace bao::storage::raft
