#include "internal/storage/raft/state_reader.h"

#include <optional>
#include <utility>

#include "internal/raft/core/planted_bug.h"
#include "internal/sqlite/db.h"
#include "internal/storage/raft/state_digest.h"
#include "internal/storage/raft/state_meta.h"
#include "internal/storage/raft/state_records.h"

namespace bao::storage::raft {
namespace {

namespace consensus = ::bao::raft;

constexpr size_t kPieceBytes = size_t{1} << 20;

class StateReader final : public consensus::SnapshotReader {
 public:
  explicit StateReader(std::unique_ptr<sqlite::Db> db) : db_(std::move(db)) {}

  base::Status begin() {
    if (PLANTED(19)) {  // position and data from two read transactions
      ASSIGN_OR_RETURN(meta_, read_state_meta(*db_));
    }
    ASSIGN_OR_RETURN(auto view, sqlite::Transaction::begin(*db_, sqlite::Transaction::Kind::read));
    view_.emplace(std::move(view));
    if (!PLANTED(19)) {
      ASSIGN_OR_RETURN(meta_, read_state_meta(*db_));
    }
    ASSIGN_OR_RETURN(values_, db_->prepare("SELECT key, modified_index, value FROM kv WHERE key > ?1 ORDER BY key"));
    ASSIGN_OR_RETURN(next_values_, db_->prepare("SELECT key, modified_index, value FROM kv_next WHERE key > ?1 ORDER BY key"));
    ASSIGN_OR_RETURN(rows_, db_->prepare("SELECT table_name, sort_key, key FROM index_row"
                                         " WHERE (table_name, sort_key, key) > (?1, ?2, ?3) ORDER BY table_name, sort_key, key"));
    return {};
  }

  const consensus::SnapshotMeta& meta() const override { return meta_.position; }

  base::Result<consensus::SnapshotPiece> read(std::string_view after) override {
    ASSIGN_OR_RETURN(Place place, decode_place(after));
    consensus::SnapshotPiece piece;
    if (after.empty()) {
      put_hash(piece.records, meta_.apply_hash);
      digest_ = {0, meta_.apply_hash};
    } else if (after != digested_) {
      digest_.reset();
    }
    while (!piece.last) {
      ASSIGN_OR_RETURN(const bool ended, read_part(place, piece.records));
      if (!ended) break;
      piece.last = place.part == Place::Part::next_values;
      if (!piece.last) place = {static_cast<Place::Part>(static_cast<int>(place.part) + 1), "", "", ""};
    }
    if (piece.last) TRY(add_trailer(piece.records));
    piece.last_key = digested_ = encode(place);
    return piece;
  }

 private:
  base::Status add_trailer(std::string& records) {
    if (!digest_) {  // this reader went on behind what another one had read
      ASSIGN_OR_RETURN(digest_, digest_of(*db_, meta_.apply_hash, Tables::in_force));
    }
    put_trailer(records, digest_->records, digest_->digest);
    return {};
  }
  void digest(std::string_view record) {
    if (digest_) add_record(*digest_, record);
  }
  // Each: true when there are no more, false when the piece is full.
  base::Result<bool> read_part(Place& place, std::string& records) {
    switch (place.part) {
      case Place::Part::values: return read_values(values_, put_value, place, records);
      case Place::Part::rows: return read_rows(place, records);
      case Place::Part::next_values: return read_values(next_values_, put_next_value, place, records);
    }
    return true;
  }
  using PutValue = void(std::string& records, std::string_view key, uint64_t modified, std::string_view value);
  base::Result<bool> read_values(sqlite::Statement& values, PutValue* put, Place& place, std::string& records) {
    const std::string from = place.key;
    if (from.empty()) values.bind(1, int64_t{0});  // sorts before any key, the empty one, too
    else values.bind(1, from);
    for (;;) {
      ASSIGN_OR_RETURN(const bool found, values.step());
      if (!found) return true;
      const size_t before = records.size();
      put(records, values.blob(0), static_cast<uint64_t>(values.number(1)), values.blob(2));
      digest(std::string_view(records).substr(before));
      if (records.size() < kPieceBytes || values.blob(0).empty()) continue;
      place.key = values.blob(0);
      values.reset();
      return false;
    }
  }
  base::Result<bool> read_rows(Place& place, std::string& records) {
    const Place from = place;
    rows_.bind(1, from.table).bind(2, from.sort_key).bind(3, from.key);
    for (;;) {
      ASSIGN_OR_RETURN(const bool found, rows_.step());
      if (!found) return true;
      const size_t before = records.size();
      put_row(records, rows_.blob(0), rows_.blob(1), rows_.blob(2));
      digest(std::string_view(records).substr(before));
      if (records.size() < kPieceBytes) continue;
      place = {Place::Part::rows, std::string(rows_.blob(0)), std::string(rows_.blob(1)), std::string(rows_.blob(2))};
      rows_.reset();
      return false;
    }
  }

  std::unique_ptr<sqlite::Db> db_;
  sqlite::Statement values_, rows_, next_values_;
  std::optional<sqlite::Transaction> view_;
  StateMeta meta_;
  std::optional<StateDigest> digest_;  // of everything up to digested_
  std::string digested_;
};

}  // namespace

base::Result<std::unique_ptr<consensus::SnapshotReader>> open_state_reader(const std::string& file, const std::string& vfs) {
  sqlite::OpenOptions options;
  options.access = sqlite::Access::read_only;
  options.vfs = vfs;
  options.mmap_bytes = 0;  // each page is read once: a mapping would keep the whole database resident meanwhile
  ASSIGN_OR_RETURN(auto db, sqlite::Db::open(file, options));
  auto reader = std::make_unique<StateReader>(std::move(db));
  TRY(reader->begin());
  return std::unique_ptr<consensus::SnapshotReader>(std::move(reader));
}

}  // namespace bao::storage::raft
