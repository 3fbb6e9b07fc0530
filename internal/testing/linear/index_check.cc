#include <algorithm>
#include <map>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"
#include "internal/testing/linear/key_history.h"

namespace bao::testing::linear {
namespace {

using base::Index;

std::string at(Index index) { return "@" + std::to_string(index.value); }

// --- Real time: positions in two orders, walked together.

std::vector<size_t> sorted_by(const History& history, int64_t Operation::*time) {
  std::vector<size_t> order;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (is_complete(o) && o.index) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return history.operations[a].*time < history.operations[b].*time; });
  return order;
}

void check_real_time(const History& history, std::vector<Finding>& findings) {
  const auto by_return = sorted_by(history, &Operation::return_ns);
  auto ended = by_return.begin();
  std::optional<size_t> newest;  // of those that ended before
  for (const size_t i : sorted_by(history, &Operation::call_ns)) {
    const Operation& o = history.operations[i];
    for (; ended != by_return.end() && history.operations[*ended].return_ns < o.call_ns; ++ended) {
      if (!newest || history.operations[*ended].index > history.operations[*newest].index) newest = *ended;
    }
    if (!newest || o.kind == Kind::local_get) continue;
    const Index before = *history.operations[*newest].index;
    const bool is_new = !is_read(o) && o.outcome == Outcome::ok;
    if (is_new ? before < *o.index : before <= *o.index) continue;
    findings.push_back({"indexes", "answered " + at(*o.index) + " though " + at(before) + " was answered before it was asked",
                        {*newest, i}, i});
  }
}

// --- The log, key by key.

struct Change {
  Index index;
  Value value;
  bool operator<(const Change& other) const { return index < other.index; }
};

class Log {
 public:
  explicit Log(const History& history) : is_known_(!history.applied.empty()) {
    for (const Applied& a : history.applied) changes_[a.key].push_back({a.index, a.value});
    for (const Operation& o : history.operations) {
      if (is_known_ || !may_write(o)) continue;
      if (o.outcome == Outcome::ok && o.index) {
        changes_[o.key].push_back({*o.index, o.value});
      } else {
        unplaced_[o.key].push_back(o.value);
      }
    }
    for (auto& [key, changes] : changes_) std::stable_sort(changes.begin(), changes.end());
  }

  bool is_known() const { return is_known_; }
  // What the key held at `index`, and right before its entry at that index.
  Value held(const std::string& key, Index index) const { return last(key, Change{Index{index.value + 1}, {}}); }
  Value held_before(const std::string& key, Index index) const { return last(key, Change{index, {}}); }
  bool holds_entry(const std::string& key, const Change& change) const {
    const auto found = changes_.find(key);
    if (found == changes_.end()) return false;
    const auto [begin, end] = std::equal_range(found->second.begin(), found->second.end(), change);
    return std::any_of(begin, end, [&](const Change& c) { return c.value == change.value; });
  }
  // A write whose place is not known may have put the key to `value` (nullptr: to anything).
  bool may_hold(const std::string& key, const Value* value) const {
    const auto found = unplaced_.find(key);
    return found != unplaced_.end() &&
           (value == nullptr || std::find(found->second.begin(), found->second.end(), *value) != found->second.end());
  }

 private:
  Value last(const std::string& key, const Change& end) const {
    const auto found = changes_.find(key);
    if (found == changes_.end()) return {};
    const auto after = std::lower_bound(found->second.begin(), found->second.end(), end);
    return after == found->second.begin() ? Value() : std::prev(after)->value;
  }

  const bool is_known_;
  std::map<std::string, std::vector<Change>> changes_;
  std::map<std::string, std::vector<Value>> unplaced_;
};

// The write that `text` speaks of: the acknowledged one with the highest index that is not above the reader's.
std::vector<size_t> with_writer(const History& history, size_t reader, const Value& held) {
  const Operation& o = history.operations[reader];
  std::optional<size_t> writer;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& w = history.operations[i];
    if (i == reader || w.key != o.key || !may_write(w) || w.value != held || !w.index || *w.index > *o.index) continue;
    if (!writer || *w.index > *history.operations[*writer].index) writer = i;
  }
  return writer ? std::vector<size_t>{*writer, reader} : std::vector<size_t>{reader};
}

void check_read(const History& history, size_t i, const Log& log, std::vector<Finding>& findings) {
  const Operation& o = history.operations[i];
  const bool is_cas_done = o.kind == Kind::cas && o.outcome == Outcome::ok;
  const Value held = is_cas_done ? log.held_before(o.key, *o.index) : log.held(o.key, *o.index);
  const bool is_mismatch = o.outcome == Outcome::mismatch;
  const Value& seen = observed_value(o);
  if ((held == seen) != is_mismatch) return;
  if (!log.is_known() && log.may_hold(o.key, is_mismatch ? nullptr : &seen)) return;
  findings.push_back({"indexes",
                      "key " + o.key + " held " + describe(held) + (is_cas_done ? " before " : " ") + at(*o.index) +
                          (is_mismatch ? ", which is what was expected" : ", not " + describe(seen)),
                      with_writer(history, i, held), i});
}

void check_against_log(const History& history, const Log& log, std::vector<Finding>& findings) {
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (!is_complete(o) || !o.index) continue;
    if (observes_value(o)) check_read(history, i, log, findings);
    if (log.is_known() && !is_read(o) && o.outcome == Outcome::ok && !log.holds_entry(o.key, {*o.index, o.value})) {
      findings.push_back({"indexes", "acknowledged " + at(*o.index) + ", but the log doesn't have it there: a lost write", {i}, i});
    }
  }
}

// Values that writes of this history name: how often they may be in the log, and how often they are.
void check_fates(const History& history, std::vector<Finding>& findings) {
  struct Fate {
    std::vector<size_t> writes;
    size_t possible = 0, applied = 0;
  };
  std::map<std::pair<std::string, std::string>, Fate> fates;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (is_read(o) || !o.value) continue;
    Fate& fate = fates[{o.key, *o.value}];
    fate.writes.push_back(i);
    fate.possible += may_write(o) ? 1 : 0;
  }
  for (const Applied& a : history.applied) {
    if (a.value) ++fates[{a.key, *a.value}].applied;
  }
  for (const auto& [name, fate] : fates) {
    if (fate.applied <= fate.possible) continue;
    const std::string what = "the log sets key " + name.first + " to " + describe(Value(name.second)) + ' ' +
                             std::to_string(fate.applied) + " times, ";
    findings.push_back({"indexes", what + std::to_string(fate.possible) + " writes of it may have taken effect", fate.writes, {}});
  }
}

}  // namespace

std::vector<Finding> check_indexes(const History& history) {
  std::vector<Finding> findings;
  check_real_time(history, findings);
  check_against_log(history, Log(history), findings);
  check_fates(history, findings);
  return findings;
}

}  // namespace bao::testing::linear
