// The replicated state in state.db, on its one writing connection. Deterministic: the same proposals in the same order
// give the same content and the same apply hash. Reads no clock. Used by one thread at a time: whoever applies (logged_state.h,
// which owns the transactions and the rest of the row in meta).
//
//   kv(id INTEGER PRIMARY KEY, key BLOB UNIQUE, modified_index INTEGER, value BLOB)   a rowid table: values of 1 KB and more
//   index_row(table_name, sort_key, key)                                              the index tables
//   kv_next(as kv)                                                                    data that is to replace all (state_replacement.h)
//   meta(id = 1, format, applied_index, apply_hash, ...)                              same transaction as the data (state_meta.h)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/sqlite/db.h"
#include "internal/storage/backend.h"
#include "internal/storage/listing_cache.h"
#include "internal/storage/raft/state_replacement.h"
#include "internal/storage/recent_writes.h"

namespace bao::storage::raft {

class StateMachine {
 public:
  // Opens the database, checks it if it is small; an absent one is made under another name first, so that an empty or half-made file
  // of this name is always damage. Errors name the file: corrupt, invalid (newer format), unavailable.
  static base::Result<std::unique_ptr<StateMachine>> open(const std::string& file, const std::string& vfs);
  ~StateMachine();

  base::Index applied() const { return applied_; }
  // Whether the whole database was checked at opening.
  bool checked() const { return checked_; }
  const std::string& apply_hash() const { return apply_hash_; }
  sqlite::Db& db() { return *db_; }
  // For the readers of this database; thread-safe.
  ListingCache& listings() { return listings_; }

  // What a batch changed, and what each of its keys holds since then, in step with the keys; nothing: it was removed.
  struct Changes {
    ChangeSet set;
    std::vector<std::optional<Record>> records;
    bool replacement_step = false;  // a replacement of all data went a step further
  };
  // The proposal of the entry at `index`, within the caller's transaction. Its answer: ok, or conflict, which uses up the
  // index too. An error is of the whole transaction.
  struct Outcome {
    base::Status answer;
  };
  base::Result<Outcome> apply_at(base::Index index, Proposal proposal, Changes& changes);
  // An entry without a proposal.
  void pass(base::Index index) { applied_ = index; }
  // The step of a replacement of all data, likewise; `payload` is the entry's.
  base::Result<Outcome> replace_at(base::Index index, std::string_view payload, Changes& changes);
  bool replacement_under_way() { const auto found = replacement_.under_way(); return found.ok() && *found; }
  // The index at which the data took the place of other data; 0: it never did.
  base::Result<base::Index> data_since();
  // After the caller's transaction failed, or when other content was put in place: nothing remembered of the content may stay.
  void return_to(base::Index applied, std::string apply_hash);

 private:
  explicit StateMachine(std::unique_ptr<sqlite::Db> db) : db_(std::move(db)), replacement_(*db_) {}
  base::Status load();
  base::Status prepare();
  base::Status apply_one(Proposal& proposal, Changes& changes);
  base::Status apply(const Operation& operation);
  base::Status check(const Proposal& proposal);
  base::Result<base::Index> modified(std::string_view key);

  std::unique_ptr<sqlite::Db> db_;
  StateReplacement replacement_;
  std::optional<base::Index> data_since_;  // what is known of it
  sqlite::Statement put_, remove_, index_put_, index_remove_, modified_, list_;
  bool checked_ = false;
  base::Index applied_;
  RecentWrites recent_{base::Index{}};
  ListingCache listings_;
  std::string apply_hash_;  // 32 bytes
};

}  // namespace bao::storage::raft
