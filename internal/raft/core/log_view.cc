// The log as the core sees it.
#include "internal/raft/core/log_view.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {

LogView::LogView(LogStart start, std::vector<TermRun> runs, Index last, const Entries& tail, size_t cache_bytes_max)
    : start_(start), runs_(std::move(runs)), last_(last), last_chain_(tail.empty() ? start.chain : tail.back()->chain),
      cache_(tail.begin(), tail.end()), cache_bytes_max_(cache_bytes_max) {
  for (const EntryPtr& entry : cache_) cached_bytes_ += entry_bytes(*entry);
}

std::optional<Term> LogView::term_at(Index index) const {
  if (index < start_.position.index || index > last_) return std::nullopt;
  if (index == start_.position.index) return start_.position.term;
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), index,
                                      [](Index i, const TermRun& run) { return i < run.first; });
  ENSURE(after != runs_.begin(), "every entry belongs to a run");
  return std::prev(after)->term;
}

std::optional<Chain> LogView::chain_at(Index index) const {
  if (index == start_.position.index) return start_.chain;
  if (index == last_) return last_chain_;
  if (index < first_cached() || index > last_) return std::nullopt;
  return cache_[index.value - first_cached().value]->chain;
}

Position LogView::last_with_term_at_most(Index index, Term term) const {
  index = std::min(index, last_);
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if (run->first > index) continue;
    if (run->term <= term) return {index, run->term};
    index = run->first - 1;
  }
  if (index >= start_.position.index && start_.position.term <= term) return start_.position;
  return {};
}

Entries LogView::slice(Index from, Index to, size_t bytes_max) const {
  Entries entries;
  if (from < first_cached()) return entries;
  size_t bytes = 0;
  for (Index i = from; i <= std::min(to, last_); i = i + 1) {
    const EntryPtr& entry = cache_[i.value - first_cached().value];
    bytes += entry_bytes(*entry);
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(entry);
  }
  return entries;
}

void LogView::append(EntryPtr entry) {
  ENSURE(entry->index == last_ + 1, "the log has no holes");
  ENSURE(entry->term >= *term_at(last_), "terms never fall along the log");
  if (runs_.empty() || runs_.back().term != entry->term) runs_.push_back({entry->index, entry->term});
  last_ = entry->index;
  last_chain_ = entry->chain;
  cached_bytes_ += entry_bytes(*entry);
  cache_.push_back(std::move(entry));
}

void LogView::truncate_from(Index first, const Chain& chain) {
  ENSURE(first > start_.position.index && first <= last_, "a truncation is inside of the log");
  while (!cache_.empty() && cache_.back()->index >= first) {
    cached_bytes_ -= entry_bytes(*cache_.back());
    cache_.pop_back();
  }
  while (!runs_.empty() && runs_.back().first >= first) runs_.pop_back();
  last_ = first - 1;
  last_chain_ = chain;
}

void LogView::compact_to(const LogStart& start) {
  if (start.position.index <= start_.position.index) return;
  ENSURE(contains(start.position), "the log is cut at an entry of its own");
  while (!cache_.empty() && cache_.front()->index <= start.position.index) {
    cached_bytes_ -= entry_bytes(*cache_.front());
    cache_.pop_front();
  }
  start_ = start;
  while (runs_.size() > 1 && runs_[1].first <= start.position.index + 1) runs_.erase(runs_.begin());
  if (start.position.index == last_) {
    runs_.clear();
  } else {
    runs_.front().first = start.position.index + 1;
  }
}

void LogView::reset(const LogStart& start) {
  *this = LogView(start, {}, start.position.index, {}, cache_bytes_max_);
}

void LogView::evict(Index durable) {
  while (cached_bytes_ > cache_bytes_max_ && !cache_.empty() && cache_.front()->index <= durable) {
    cached_bytes_ -= entry_bytes(*cache_.front());
    cache_.pop_front();
  }
}

}  // namespace bao::raft
