#include "internal/storage/raft/state_replacement.h"

#include "internal/archive/snapshot_archive.h"

namespace bao::storage::raft {
namespace {

constexpr const char* kMake =
    "CREATE TABLE IF NOT EXISTS kv_next(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL,"
    " value BLOB NOT NULL);";

std::string mark_of(const std::string& id, uint64_t pieces) { return std::to_string(pieces) + " " + id; }

}  // namespace

base::Status StateReplacement::prepare() { return db_.execute(kMake); }

base::Result<StateReplacement::Outcome> StateReplacement::apply(base::Index index, const ReplacementStep& step) {
  using Kind = ReplacementStep::Kind;
  if (step.kind == Kind::begin) {
    TRY(begin(index, step.id));
    return Outcome{};
  }
  if (step.kind == Kind::drop) {
    TRY(drop());
    return Outcome{};
  }
  ASSIGN_OR_RETURN(const bool next, follows(step));
  if (!next) return Outcome{base::Error(base::Code::conflict, "another replacement of the data took the place of this one")};
  if (step.kind == Kind::add) TRY(add(index, step));
  else TRY(swap(index));
  return Outcome{};
}

base::Result<bool> StateReplacement::follows(const ReplacementStep& step) {
  ASSIGN_OR_RETURN(auto mark, db_.prepare("SELECT value FROM kv_next WHERE key = x''"));
  ASSIGN_OR_RETURN(const bool found, mark.step());
  return found && mark.blob(0) == mark_of(step.id, step.pieces);
}

base::Status StateReplacement::begin(base::Index index, const std::string& id) {
  TRY(drop());
  return note(index, id, 0);
}

base::Status StateReplacement::add(base::Index index, const ReplacementStep& step) {
  {
    ASSIGN_OR_RETURN(auto put, db_.prepare("INSERT INTO kv_next(key, modified_index, value) VALUES(?1, ?2, ?3) ON CONFLICT(key)"
                                           " DO UPDATE SET modified_index = ?2, value = ?3"));
    TRY(archive::each_record(step.records, [&](std::string_view key, std::string_view value) {
      return put.bind(1, key).bind(2, static_cast<int64_t>(index.value)).bind(3, value).run();
    }));
  }
  return note(index, step.id, step.pieces + 1);
}

base::Status StateReplacement::note(base::Index index, const std::string& id, uint64_t pieces) {
  const std::string mark = mark_of(id, pieces);
  ASSIGN_OR_RETURN(auto put, db_.prepare("INSERT INTO kv_next(key, modified_index, value) VALUES(x'', ?1, ?2) ON CONFLICT(key)"
                                         " DO UPDATE SET modified_index = ?1, value = ?2"));
  return put.bind(1, static_cast<int64_t>(index.value)).bind(2, mark).run();
}

base::Status StateReplacement::swap(base::Index index) {
  {
    const std::string since = std::to_string(index.value);
    ASSIGN_OR_RETURN(auto put, db_.prepare("UPDATE kv_next SET modified_index = ?1, value = ?2 WHERE key = x''"));
    TRY(put.bind(1, static_cast<int64_t>(index.value)).bind(2, since).run());
  }
  // Emptied before it is dropped: only a statement that clears a whole table does so without a journal of its own, which would hold
  // every page of the old data in memory.
  TRY(db_.execute("DELETE FROM kv; DROP TABLE kv; ALTER TABLE kv_next RENAME TO kv; DELETE FROM index_row;"));
  return prepare();
}

base::Status StateReplacement::drop() {
  TRY(prepare());
  return db_.execute("DELETE FROM kv_next;");
}

base::Result<bool> StateReplacement::under_way() {
  ASSIGN_OR_RETURN(const int64_t marks, db_.number("SELECT count(*) FROM kv_next WHERE key = x''"));
  return marks > 0;
}

base::Result<base::Index> StateReplacement::data_since() {
  ASSIGN_OR_RETURN(const int64_t index, db_.number("SELECT coalesce(max(modified_index), 0) FROM kv WHERE key = x''"));
  return base::Index{static_cast<uint64_t>(index)};
}

}  // namespace bao::storage::raft
