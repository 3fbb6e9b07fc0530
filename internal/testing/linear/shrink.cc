#include "internal/testing/linear/shrink.h"

#include <algorithm>
#include <map>

namespace bao::testing::linear {
namespace {

constexpr int kSearchesMax = 1000;

class Shrinker {
 public:
  Shrinker(const OperationList& operations, const Limits& limits) : limits_(limits) {
    for (size_t i = 0; i < operations.size(); ++i) {
      kept_.push_back(i);
      copies_.push_back(*operations[i]);
    }
  }

  std::vector<size_t> run(size_t stuck) {
    cut_after(stuck);
    drop_silent();
    for (size_t chunk = std::max<size_t>(kept_.size() / 2, 1);; chunk /= 2) {
      while (pass(chunk) && chunk == 1) {
      }
      if (chunk <= 1) return kept_;
    }
  }

 private:
  // Up to the return of `stuck`: what was called later goes behind it in any order, what was under way is left open.
  void cut_after(size_t stuck) {
    const int64_t end = copies_[stuck].return_ns;
    std::vector<Operation> whole = copies_;
    std::vector<size_t> cut;
    for (const size_t i : kept_) {
      Operation& o = copies_[i];
      if (o.call_ns > end) continue;
      if (o.return_ns > end && is_complete(o)) {
        if (is_read(o) || o.outcome == Outcome::mismatch) continue;
        o.outcome = Outcome::unknown;
      }
      cut.push_back(i);
    }
    if (violates(cut)) {
      kept_ = cut;
    } else {
      copies_ = whole;
    }
  }

  // What the search doesn't look at.
  void drop_silent() {
    std::vector<size_t> rest;
    std::copy_if(kept_.begin(), kept_.end(), std::back_inserter(rest), [&](size_t i) {
      return copies_[i].outcome != Outcome::refused && copies_[i].kind != Kind::local_get &&
             !(is_read(copies_[i]) && copies_[i].outcome == Outcome::unknown);
    });
    kept_ = rest;
  }

  // Tries to do without each run of `chunk` operations, from the oldest on; whether it could do without any.
  bool pass(size_t chunk) {
    bool has_shrunk = false;
    for (size_t begin = 0; begin < kept_.size() && searches_ < kSearchesMax;) {
      const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto to = kept_.begin() + static_cast<std::ptrdiff_t>(std::min(begin + chunk, kept_.size()));
      std::vector<size_t> rest = without(std::vector<size_t>(from, to));
      if (violates(rest)) {
        kept_ = std::move(rest);
        has_shrunk = true;
      } else {
        begin += chunk;
      }
    }
    return has_shrunk;
  }

  // Without these, and without whoever may have seen them: leaving out a write must not itself make a fault.
  std::vector<size_t> without(std::vector<size_t> leaving) const {
    std::vector<bool> leaves(copies_.size());
    while (true) {
      add_observers(std::move(leaving), leaves);
      std::vector<size_t> rest;
      std::copy_if(kept_.begin(), kept_.end(), std::back_inserter(rest), [&](size_t i) { return !leaves[i]; });
      leaving = mismatches_of(leaves, rest);
      if (leaving.empty()) return rest;
    }
  }

  void add_observers(std::vector<size_t> leaving, std::vector<bool>& leaves) const {
    std::multimap<Value, size_t> observers;
    std::map<Value, size_t> writers{{Value(), 1}};
    for (const size_t i : kept_) {
      const Operation& o = copies_[i];
      if (may_write(o)) ++writers[o.value];
      if (observes_value(o) && o.outcome != Outcome::mismatch) observers.emplace(observed_value(o), i);
    }
    std::vector<Tenure> tenures(copies_.size());
    const std::vector<Tenure> of_kept = tenures_of(list_of(kept_));
    for (size_t i = 0; i < kept_.size(); ++i) tenures[kept_[i]] = of_kept[i];
    while (!leaving.empty()) {
      const size_t i = leaving.back();
      leaving.pop_back();
      if (leaves[i]) continue;
      leaves[i] = true;
      if (!may_write(copies_[i])) continue;
      const bool was_last = --writers[copies_[i].value] == 0;  // a value from nowhere would be another fault
      const auto [begin, end] = observers.equal_range(copies_[i].value);
      for (auto at = begin; at != end; ++at) {
        const Operation& o = copies_[at->second];
        const bool may_be_later = o.outcome == Outcome::unknown || o.return_ns >= tenures[i].from;
        if (was_last || (may_be_later && o.call_ns <= tenures[i].to)) leaving.push_back(at->second);
      }
    }
  }

  // Of the rest, those that may have their mismatch from a write that leaves.
  std::vector<size_t> mismatches_of(const std::vector<bool>& leaves, const std::vector<size_t>& rest) const {
    const OperationList list = list_of(rest);
    std::vector<size_t> found;
    for (const auto& [position, from] : looks_of(list)) {
      const bool has_lost_its_cause = std::any_of(kept_.begin(), kept_.end(), [&, from = from, position = position](size_t i) {
        const Operation& w = copies_[i];
        return leaves[i] && may_write(w) && w.call_ns <= list[position]->return_ns && (w.outcome == Outcome::unknown || w.return_ns >= from);
      });
      if (has_lost_its_cause) found.push_back(rest[position]);
    }
    return found;
  }

  OperationList list_of(const std::vector<size_t>& chosen) const {
    OperationList list;
    for (const size_t i : chosen) list.push_back(&copies_[i]);
    return list;
  }

  bool violates(const std::vector<size_t>& chosen) {
    ++searches_;
    return search<Register>(key_history(list_of(chosen)).operations, limits_).verdict == Verdict::violation;
  }

  const Limits limits_;
  std::vector<Operation> copies_;
  std::vector<size_t> kept_;
  int searches_ = 0;
};

}  // namespace

std::vector<size_t> smallest_violation(const OperationList& operations, size_t stuck, const Limits& limits) {
  return Shrinker(operations, limits).run(stuck);
}

}  // namespace bao::testing::linear
