// What the core knows of its log without the disk: where it begins, the term of every index (as runs), and the newest
// entries. What is not yet durable stays in memory; below that, a cache bounded in bytes. Owned by the core.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "internal/raft/core/types.h"

namespace bao::raft {

class LogView {
 public:
  // As in Recovered; the caller has checked that they fit together.
  LogView(LogStart start, std::vector<TermRun> runs, Index last, const Entries& tail, size_t cache_bytes_max);

  const LogStart& start() const { return start_; }
  Index last_index() const { return last_; }
  Position last() const { return {last_, *term_at(last_)}; }
  const Chain& last_chain() const { return last_chain_; }
  // Known from the start of the log to its end.
  std::optional<Term> term_at(Index index) const;
  bool contains(const Position& position) const { return term_at(position.index) == position.term; }
  // Known at the start, at the end and in the cache.
  std::optional<Chain> chain_at(Index index) const;
  // The last entry at or before `index` whose term is at most `term`; term 0 when there is none.
  Position last_with_term_at_most(Index index, Term term) const;
  // From the cache: at least one entry, up to `bytes_max`, none above `to`; empty when `from` is not cached.
  Entries slice(Index from, Index to, size_t bytes_max) const;
  Index first_cached() const { return last_ + 1 - cache_.size(); }
  const std::vector<TermRun>& runs() const { return runs_; }
  const std::deque<EntryPtr>& cached() const { return cache_; }
  size_t cached_bytes() const { return cached_bytes_; }

  void append(EntryPtr entry);
  // `chain`: of the entry before `first`, which is the end then.
  void truncate_from(Index first, const Chain& chain);
  void compact_to(const LogStart& start);
  void reset(const LogStart& start);
  // Forgets cached entries at or below `durable` until the cache fits.
  void evict(Index durable);

 private:
  LogStart start_;
  std::vector<TermRun> runs_;   // of start + 1 .. last
  Index last_;
  Chain last_chain_{};
  std::deque<EntryPtr> cache_;  // contiguous, ends at last
  size_t cached_bytes_ = 0;
  size_t cache_bytes_max_;
};

}  // namespace bao::raft
