#include "internal/testing/linear/key_history.h"

#include <algorithm>
#include <map>
#include <utility>

namespace bao::testing::linear {
namespace {

constexpr int64_t kUnseen = std::numeric_limits<int64_t>::min();

// An operation with its values as numbers.
struct Numbered {
  const Operation* operation;
  RegisterOperation numbers;
  size_t source;
  int64_t end;  // its return; where the outcome is unknown: until when it can matter
};

class Tenures {
 public:
  explicit Tenures(const std::vector<Numbered>& all) {
    for (const auto& [o, numbers, source, end] : all) {
      if (may_write(*o) && o->outcome == Outcome::ok) ends_.emplace_back(o->call_ns, o->return_ns);
    }
    std::sort(ends_.begin(), ends_.end());
    for (size_t i = ends_.size(); i-- > 1;) ends_[i - 1].second = std::min(ends_[i - 1].second, ends_[i].second);
    tenures_[0].push_back({kUnseen, end_after(kUnseen)});
    for (const Numbered& one : all) {
      if (may_write(*one.operation)) tenures_[one.numbers.value].push_back(of(*one.operation));
    }
  }
  Tenure of(const Operation& write) const {
    return {write.call_ns, write.outcome == Outcome::ok ? end_after(write.return_ns) : kNever};
  }
  // The earliest beginning of a tenure of `value` that overlaps [from, to].
  std::optional<int64_t> overlapping(uint32_t value, int64_t from, int64_t to) const {
    std::optional<int64_t> earliest;
    const auto found = tenures_.find(value);
    if (found == tenures_.end()) return earliest;
    for (const auto& [begin, end] : found->second) {
      if (begin <= to && end >= from) earliest = std::min(earliest.value_or(begin), begin);
    }
    return earliest;
  }

 private:
  int64_t end_after(int64_t time) const {
    const auto later = std::upper_bound(ends_.begin(), ends_.end(), std::pair(time, kNever));
    return later == ends_.end() ? kNever : later->second;
  }
  std::vector<std::pair<int64_t, int64_t>> ends_;  // of writes by time of call; the earliest end of these and all later ones
  std::map<uint32_t, std::vector<Tenure>> tenures_;  // by value; 0 has one from the beginning
};

// Until when a write can be seen. A mismatch sees any write that may have replaced what it expected: if that can have been
// there at all, a write that overlaps the time from its coming to the mismatch.
class Visibility {
 public:
  explicit Visibility(const std::vector<Numbered>& all) {
    const Tenures tenures(all);
    for (const auto& [o, numbers, source, end] : all) {
      if (o->outcome == Outcome::mismatch) {
        if (const auto from = tenures.overlapping(numbers.expected, o->call_ns, o->return_ns)) looks_.emplace_back(o->return_ns, *from);
      } else if (observes_value(*o)) {
        int64_t& until = until_.try_emplace(is_read(*o) ? numbers.value : numbers.expected, kUnseen).first->second;
        until = std::max(until, end);
      }
    }
    std::sort(looks_.begin(), looks_.end());
    for (size_t i = looks_.size(); i-- > 1;) looks_[i - 1].second = std::min(looks_[i - 1].second, looks_[i].second);
  }
  // kUnseen: never.
  int64_t until(const Numbered& write) const {
    const auto look = std::lower_bound(looks_.begin(), looks_.end(), std::pair(write.operation->call_ns, kUnseen));
    const bool is_looked_at = look != looks_.end() && look->second <= write.end;
    const auto found = until_.find(write.numbers.value);
    return std::max(is_looked_at ? looks_.back().first : kUnseen, found == until_.end() ? kUnseen : found->second);
  }

 private:
  std::map<uint32_t, int64_t> until_;               // by value: reads, and cas that met it or may still meet it
  std::vector<std::pair<int64_t, int64_t>> looks_;  // of mismatches by their end; the earliest beginning of these and all later ones
};

class Numbers {
 public:
  Numbers() : values_{Value()} { numbers_[Value()] = 0; }
  uint32_t of(const Value& value) {
    const auto [at, added] = numbers_.try_emplace(value, static_cast<uint32_t>(values_.size()));
    if (added) values_.push_back(value);
    return at->second;
  }
  std::vector<Value> take() { return std::move(values_); }

 private:
  std::map<Value, uint32_t> numbers_;
  std::vector<Value> values_;
};

bool is_left_out(const Operation& o) {
  return o.kind == Kind::local_get || o.outcome == Outcome::refused || (is_read(o) && o.outcome != Outcome::ok);
}

Effect effect_of(const Operation& o, bool seen) {
  if (is_read(o) || o.outcome == Outcome::mismatch) return Effect::observes;
  if (o.kind == Kind::cas) return Effect::updates;
  return seen ? Effect::overwrites : Effect::overwrites_unseen;
}

std::vector<Numbered> numbered(const OperationList& operations, Numbers& numbers) {
  std::vector<Numbered> all;
  for (size_t i = 0; i < operations.size(); ++i) {
    const Operation& o = *operations[i];
    if (is_left_out(o)) continue;
    const int64_t end = o.outcome == Outcome::unknown ? kNever : o.return_ns;
    all.push_back({&o, {o.kind, o.outcome, numbers.of(o.expected), numbers.of(o.value)}, i, end});
  }
  return all;
}

// Unknown writes end when they can be seen no more, or go; each that does may let an earlier one do so. Whether any did.
bool shorten_unknown(std::vector<Numbered>& all) {
  const Visibility visibility(all);
  bool has_changed = false;
  for (Numbered& one : all) {
    if (one.operation->outcome != Outcome::unknown) continue;
    const int64_t until = visibility.until(one);
    if (until < one.end) has_changed = true;
    one.end = std::min(one.end, until);
  }
  std::erase_if(all, [](const Numbered& one) { return one.end < one.operation->call_ns; });
  return has_changed;
}

}  // namespace

bool observes_value(const Operation& o) {
  return is_read(o) ? o.outcome == Outcome::ok : o.kind == Kind::cas && o.outcome != Outcome::refused;
}

bool Register::step(State& state, const Operation& o) {
  if (o.kind == Kind::get) return state == o.value;
  if (o.kind == Kind::cas) {
    if (o.outcome == Outcome::mismatch) return state != o.expected;
    if (state != o.expected) return false;
  }
  state = o.value;
  return true;
}

std::vector<Tenure> tenures_of(const OperationList& operations) {
  Numbers numbers;
  const std::vector<Numbered> all = numbered(operations, numbers);
  const Tenures tenures(all);
  std::vector<Tenure> found(operations.size());
  for (const Numbered& one : all) {
    if (may_write(*one.operation)) found[one.source] = tenures.of(*one.operation);
  }
  return found;
}

std::vector<Look> looks_of(const OperationList& operations) {
  Numbers numbers;
  const std::vector<Numbered> all = numbered(operations, numbers);
  const Tenures tenures(all);
  std::vector<Look> looks;
  for (const auto& [o, own, source, end] : all) {
    if (o->outcome != Outcome::mismatch) continue;
    if (const auto from = tenures.overlapping(own.expected, o->call_ns, o->return_ns)) looks.push_back({source, *from});
  }
  return looks;
}

KeyHistory key_history(const OperationList& operations) {
  Numbers numbers;
  std::vector<Numbered> all = numbered(operations, numbers);
  while (shorten_unknown(all)) {
  }
  const Visibility visibility(all);
  KeyHistory history;
  for (const Numbered& one : all) {
    const bool is_seen = visibility.until(one) != kUnseen;
    history.operations.push_back({one.numbers, one.operation->call_ns, one.end, one.operation->outcome != Outcome::unknown,
                                  effect_of(*one.operation, is_seen)});
    history.sources.push_back(one.source);
  }
  history.values = numbers.take();
  return history;
}

}  // namespace bao::testing::linear
