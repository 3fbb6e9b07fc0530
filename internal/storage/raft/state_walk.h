// Reads all that state.db holds, piece by piece: each row of its tables with the whole of its value, each entry of their indexes, that
// both are in order and say the same. Each piece is one short read transaction, so the WAL starts over meanwhile; what is written
// meanwhile behind the place that is read is not looked at. Unlike SQLite's own check it doesn't see pages that nothing refers to,
// or the list of free ones. Used by one thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "internal/sqlite/db.h"

namespace bao::storage::raft {

class StateWalk {
 public:
  // `db`: any connection to the database, which outlives this.
  explicit StateWalk(sqlite::Db& db) : db_(db) {}
  // Goes on for some `at_most`, by one row at least. True: it got through. Errors: corrupt (what was found), others of reading.
  base::Result<bool> step(std::chrono::nanoseconds at_most);

 private:
  // Of a row, in the order of the walk under way: a rowid, or the columns of a key.
  struct Place {
    int64_t id = std::numeric_limits<int64_t>::min();
    std::vector<std::string> key;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  sqlite::Db& db_;
  size_t walk_ = 0;  // of kWalks
  Place from_;       // what is below it is done
};

}  // namespace bao::storage::raft
