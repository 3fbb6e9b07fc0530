#include "internal/storage/raft/state_walk.h"

#include <array>

namespace bao::storage::raft {
namespace {

// A query from a place on, in order. Its columns: whether table and index say the same of the row, then its place.
struct Walk {
  const char* what;
  int key_columns;  // 0: a rowid
  const char* query;
};

// Every entry of the index with its row, and every row with its entry: either may lack the other.
#define BAO_WALKS_OF(table)                                                                                                   \
  Walk{"the keys of " table, 1,                                                                                               \
       "SELECT t.key IS i.key, i.key, t.value, t.modified_index FROM " table " AS i INDEXED BY sqlite_autoindex_" table "_1"  \
       " LEFT JOIN " table " AS t NOT INDEXED ON t.id = i.id WHERE i.key >= ?1 ORDER BY i.key"},                              \
      Walk{"the rows of " table, 0,                                                                                           \
           "SELECT i.id IS t.id, t.id FROM " table " AS t NOT INDEXED LEFT JOIN " table " AS i INDEXED BY"                    \
           " sqlite_autoindex_" table "_1 ON i.key = t.key WHERE t.id >= ?1 ORDER BY t.id"}

constexpr auto kWalks = std::to_array<Walk>({
    BAO_WALKS_OF("kv"),
    BAO_WALKS_OF("kv_next"),
    {"the index tables", 3,
     "SELECT 1, table_name, sort_key, key FROM index_row WHERE (table_name, sort_key, key) >= (?1, ?2, ?3)"
     " ORDER BY table_name, sort_key, key"},
});
#undef BAO_WALKS_OF

}  // namespace

base::Result<bool> StateWalk::step(std::chrono::nanoseconds at_most) {
  const Walk& walk = kWalks[walk_];
  const auto damaged = [&](const char* finding) {
    return base::corrupt(base::Words::of_node(db_.path() + ": the database is damaged: " + walk.what + " " + finding));
  };
  const auto until = std::chrono::steady_clock::now() + at_most;
  from_.key.resize(static_cast<size_t>(walk.key_columns));
  const Place from = from_;  // bound
  ASSIGN_OR_RETURN(auto rows, db_.prepare(walk.query));
  if (walk.key_columns == 0) rows.bind(1, from.id);
  for (int i = 0; i < walk.key_columns; ++i) rows.bind(i + 1, from.key[static_cast<size_t>(i)]);
  do {
    ASSIGN_OR_RETURN(const bool found, rows.step());
    if (!found) {
      from_ = {};
      walk_ = (walk_ + 1) % kWalks.size();
      return walk_ == 0;
    }
    Place at;
    if (walk.key_columns == 0) at.id = rows.number(1);
    for (int i = 0; i < walk.key_columns; ++i) at.key.emplace_back(rows.blob(i + 1));
    if (at < from_) return damaged("are not in order");
    if (rows.number(0) != 1) return damaged("and its index do not say the same");
    if (walk.key_columns == 0) ++at.id;
    else at.key.back() += '\0';
    from_ = std::move(at);
  } while (std::chrono::steady_clock::now() < until);
  return false;
}

}  // namespace bao::storage::raft
