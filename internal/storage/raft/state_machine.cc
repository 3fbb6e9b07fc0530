#include "internal/storage/raft/state_machine.h"

#include <filesystem>

#include "internal/base/log.h"
#include "internal/crypto/hash.h"
#include "internal/sqlite/new_database.h"
#include "internal/storage/proposal.h"
#include "internal/storage/raft/key_cursor.h"

namespace bao::storage::raft {
namespace {

constexpr int64_t kApplication = 0x62616f31;  // "bao1"
constexpr int64_t kFormat = 2;
constexpr int64_t kCheckedAtStartBytes = 4 << 20;       // read in some 15 ms; what is larger is checked beside the requests
constexpr std::chrono::milliseconds kCheckBudget{400};  // should that be slow
constexpr std::chrono::milliseconds kWaitForReaders{20};  // at a checkpoint that starts the WAL over
constexpr int kWriterCacheKib = 16 << 10;
constexpr uintmax_t kBytesMin = 512;  // of any SQLite database

void append_number(std::string& out, uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

void append_sized(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

std::string next_hash(const std::string& previous, base::Index index, const Proposal& proposal) {
  std::string text = previous;
  text.reserve(previous.size() + proposal_bytes(proposal) + 64 * proposal.operations.size() + 64);
  append_number(text, index.value);
  for (const Operation& operation : proposal.operations) {
    text += static_cast<char>(operation.kind);
    for (const std::string* part : {&operation.key, &operation.value, &operation.table, &operation.sort_key}) {
      append_sized(text, *part);
    }
  }
  return crypto::sha256(text);
}

// As its header says.
base::Result<int64_t> length_of(sqlite::Db& db) {
  ASSIGN_OR_RETURN(const int64_t pages, db.number("PRAGMA page_count"));
  ASSIGN_OR_RETURN(const int64_t page_bytes, db.number("PRAGMA page_size"));
  return pages * page_bytes;
}

// A file shorter than its header says, with no WAL that could hold the rest.
base::Status check_length(sqlite::Db& db) {
  std::error_code error;
  const auto wal_bytes = std::filesystem::file_size(db.path() + "-wal", error);
  if (!error && wal_bytes > 0) return {};
  ASSIGN_OR_RETURN(const int64_t needed, length_of(db));
  const auto bytes = std::filesystem::file_size(db.path(), error);
  if (!error && needed <= static_cast<int64_t>(bytes)) return {};
  return base::corrupt(base::Words::of_node(db.path() + ": the database is damaged: the file is cut short"));
}

sqlite::OpenOptions writer_options(const std::string& vfs) {
  sqlite::OpenOptions options;
  options.vfs = vfs;
  options.cache_kib = kWriterCacheKib;
  options.mmap_bytes = 0;  // the cache serves it, and the file grows all the time: every step would map it anew
  options.busy_timeout = kWaitForReaders;
  return options;
}

base::Status make_schema(sqlite::Db& db) {
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::begin(db, sqlite::Transaction::Kind::write));
  TRY(db.execute("CREATE TABLE kv(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL,"
                 " value BLOB NOT NULL);"
                 "CREATE TABLE index_row(table_name BLOB NOT NULL, sort_key BLOB NOT NULL, key BLOB NOT NULL,"
                 " PRIMARY KEY(table_name, sort_key, key)) WITHOUT ROWID;"
                 "CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), format INTEGER NOT NULL,"
                 " applied_index INTEGER NOT NULL, applied_term INTEGER NOT NULL, chain BLOB NOT NULL, apply_hash BLOB NOT NULL,"
                 " installed INTEGER NOT NULL, configuration_index INTEGER NOT NULL, configuration BLOB NOT NULL);"
                 "INSERT INTO meta VALUES(1, " + std::to_string(kFormat) + ", 0, 0, zeroblob(16), zeroblob(32), 0, 0, x'');"
                 "PRAGMA application_id=" + std::to_string(kApplication)));
  return transaction.commit();
}

base::Error in_file(const sqlite::Db& db, const base::Error& error) {
  return error.message().find(db.path()) == std::string::npos ? error.within(db.path()) : error;
}

}  // namespace

base::Result<std::unique_ptr<StateMachine>> StateMachine::open(const std::string& file, const std::string& vfs) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) TRY(sqlite::make_database(file, writer_options(vfs), "making the database", make_schema));
  if (const auto bytes = std::filesystem::file_size(file, error); !error && bytes < kBytesMin) {
    return base::corrupt(base::Words::of_node(file + ": the database is damaged: the file is cut short"));
  }
  ASSIGN_OR_RETURN(auto db, sqlite::Db::open(file, writer_options(vfs)));
  std::unique_ptr<StateMachine> machine(new StateMachine(std::move(db)));
  if (const auto loaded = machine->load(); !loaded.ok()) return in_file(*machine->db_, loaded.error());
  TRY(machine->prepare());
  return machine;
}

// An orderly end leaves everything in one file.
StateMachine::~StateMachine() {
  if (const auto moved = db_->checkpoint(sqlite::Db::Checkpoint::truncate); !moved.ok()) {
    base::log_warn("storage", "the last checkpoint failed; the next start repeats it", {{"error", moved.error().message()}});
  }
}

base::Status StateMachine::load() {
  TRY(check_length(*db_));
  ASSIGN_OR_RETURN(const int64_t application, db_->number("PRAGMA application_id"));
  if (application != kApplication) return base::invalid("this is a SQLite database of something else");
  ASSIGN_OR_RETURN(const int64_t bytes, length_of(*db_));
  if (bytes <= kCheckedAtStartBytes) {
    ASSIGN_OR_RETURN(checked_, db_->check(kCheckBudget));
  }
  ASSIGN_OR_RETURN(auto meta, db_->prepare("SELECT format, applied_index, apply_hash FROM meta WHERE id = 1"));
  ASSIGN_OR_RETURN(const bool row, meta.step());
  if (!row) return base::corrupt("the database is damaged: no row in meta");
  if (meta.number(0) != kFormat) return base::invalid("the database has format " + std::to_string(meta.number(0)) + ", which this version does not know");
  applied_ = base::Index{static_cast<uint64_t>(meta.number(1))};
  apply_hash_ = meta.blob(2);
  recent_ = RecentWrites(applied_);
  return {};
}

base::Status StateMachine::prepare() {
  TRY(replacement_.prepare());
  ASSIGN_OR_RETURN(put_, db_->prepare("INSERT INTO kv(key, modified_index, value) VALUES(?1, ?2, ?3) ON CONFLICT(key)"
                                      " DO UPDATE SET modified_index = ?2, value = ?3"));
  ASSIGN_OR_RETURN(remove_, db_->prepare("DELETE FROM kv WHERE key = ?1"));
  ASSIGN_OR_RETURN(index_put_, db_->prepare("INSERT OR IGNORE INTO index_row VALUES(?1, ?2, ?3)"));
  ASSIGN_OR_RETURN(index_remove_, db_->prepare("DELETE FROM index_row WHERE table_name = ?1 AND sort_key = ?2 AND key = ?3"));
  ASSIGN_OR_RETURN(modified_, db_->prepare("SELECT modified_index FROM kv WHERE key = ?1"));
  ASSIGN_OR_RETURN(list_, db_->prepare(KeyCursor::kQuery));
  return {};
}

base::Result<StateMachine::Outcome> StateMachine::apply_at(base::Index index, Proposal proposal, Changes& changes) {
  if (auto checked = check(proposal); !checked.ok()) {
    if (checked.error().code() != base::Code::conflict) return checked.error();
    applied_ = index;
    return Outcome{std::move(checked)};
  }
  applied_.value = index.value - 1;
  TRY(apply_one(proposal, changes));
  return Outcome{};
}

void StateMachine::return_to(base::Index applied, std::string apply_hash) {
  applied_ = applied;
  apply_hash_ = std::move(apply_hash);
  recent_ = RecentWrites(applied_);
  listings_.note_all(applied_);
  data_since_.reset();
}

base::Result<StateMachine::Outcome> StateMachine::replace_at(base::Index index, std::string_view payload, Changes& changes) {
  ASSIGN_OR_RETURN(const ReplacementStep step, decode_replacement(payload));
  applied_ = index;
  ASSIGN_OR_RETURN(StateReplacement::Outcome outcome, replacement_.apply(index, step));
  if (!outcome.answer.ok()) return Outcome{std::move(outcome.answer)};
  changes.replacement_step = true;
  std::string text = apply_hash_;
  append_number(text, index.value);
  apply_hash_ = crypto::sha256(text.append(payload));
  if (step.kind != ReplacementStep::Kind::finish) return Outcome{};
  return_to(index, apply_hash_);
  changes.set.keys.clear();  // of the data that is gone
  changes.records.clear();
  changes.set.everything = true;
  return Outcome{};
}

base::Result<base::Index> StateMachine::data_since() {
  if (!data_since_) {
    ASSIGN_OR_RETURN(data_since_, replacement_.data_since());
  }
  return *data_since_;
}

base::Status StateMachine::apply_one(Proposal& proposal, Changes& changes) {
  ++applied_.value;
  apply_hash_ = next_hash(apply_hash_, applied_, proposal);
  for (Operation& operation : proposal.operations) {
    TRY(apply(operation));
    if (operation.kind > Operation::Kind::remove) continue;
    recent_.note(operation.key, applied_);
    listings_.note(operation.key, applied_);
    changes.set.keys.push_back(std::move(operation.key));
    std::optional<Record>& now = changes.records.emplace_back();
    if (operation.kind == Operation::Kind::put) now = Record{std::move(operation.value), applied_};
  }
  return {};
}

base::Status StateMachine::apply(const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::put:
      return put_.bind(1, operation.key).bind(2, static_cast<int64_t>(applied_.value)).bind(3, operation.value).run();
    case Operation::Kind::remove: return remove_.bind(1, operation.key).run();
    case Operation::Kind::index_put:
      return index_put_.bind(1, operation.table).bind(2, operation.sort_key).bind(3, operation.key).run();
    case Operation::Kind::index_remove:
      return index_remove_.bind(1, operation.table).bind(2, operation.sort_key).bind(3, operation.key).run();
  }
  return base::internal("storage: an operation of an unknown kind");
}

base::Status StateMachine::check(const Proposal& proposal) {
  return check_reads(proposal, {[this](std::string_view key) { return modified(key); },
                                [this](const ListCheck& c) {
                                  KeyCursor cursor(list_);
                                  return names_below(cursor, c.prefix, c.after, c.limit);
                                },
                                [this](std::string_view key, base::Index read_at) {
                                  return key.empty() || recent_.maybe_written_after(key, read_at);  // a claim about all of it
                                }});
}

base::Result<base::Index> StateMachine::modified(std::string_view key) {
  if (key.empty()) return data_since();
  ASSIGN_OR_RETURN(const bool found, modified_.bind(1, key).step());
  const base::Index index{found ? static_cast<uint64_t>(modified_.number(0)) : 0};
  if (found) modified_.reset();
  return index;
}

}  // namespace bao::storage::raft
