// Data that is to take the place of all that there is, gathered beside it, step by step as the log says, and then swapped in.
// Part of the replicated state: it goes with snapshots, and a restart goes on with it. On the writing connection, within the
// caller's transaction.
//
//   kv_next    of the shape of kv; while a replacement is under way its row with the empty key holds how many pieces came, and
//              the id. Swapped in, that row says where in the log it was (barrier::kEraKey)
#pragma once

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/sqlite/db.h"
#include "internal/storage/raft/replacement_entry.h"

namespace bao::storage::raft {

class StateReplacement {
 public:
  explicit StateReplacement(sqlite::Db& db) : db_(db) {}
  // Makes the table when it is missing.
  base::Status prepare();

  // The answer to whoever proposed the step of the entry at `index`: ok, or conflict (it does not follow what there is; nothing
  // was changed). An error is of the whole transaction. After an ok `finish` the data is another one, without rows of index tables.
  struct Outcome {
    base::Status answer;
  };
  base::Result<Outcome> apply(base::Index index, const ReplacementStep& step);

  // Whether one was begun and came to no end.
  base::Result<bool> under_way();
  // The index at which the data took its place; 0: it always was there.
  base::Result<base::Index> data_since();

 private:
  base::Status begin(base::Index index, const std::string& id);
  base::Status add(base::Index index, const ReplacementStep& step);
  base::Status swap(base::Index index);
  base::Status drop();
  base::Status note(base::Index index, const std::string& id, uint64_t pieces);
  base::Result<bool> follows(const ReplacementStep& step);

  sqlite::Db& db_;
};

}  // namespace bao::storage::raft
