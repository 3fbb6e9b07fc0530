// Whether operations on one object can be put into an order that explains every answer: linearizability after Herlihy and
// Wing (1990). The search is Wing and Gong's (1993) with Lowe's memory of configurations and just-in-time linearisation
// ("Testing for linearizability", 2017): time is walked from event to event, and an operation is put into the order only
// when another one's return, or its own, demands it. Single-threaded, deterministic as long as no time limit is set.
//
// These rules keep it small. They are sound because each one turns an order that exists into another that exists:
//   - an operation that only observes is put into the order as soon as it is called and the state fits;
//   - an overwrite that nobody ever sees goes right before any other overwrite at which it is under way;
//   - an operation that needn't have happened is tried only where it makes another one possible or hides an unseen
//     overwrite, and dropped once nobody can see it any more;
//   - of several equal such operations only the first is tried.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "internal/base/ensure.h"

namespace bao::testing::linear {

enum class Verdict { linearizable, violation, unknown };

struct Limits {
  uint64_t steps = 5'000'000;               // attempts to put one operation into the order
  std::chrono::milliseconds duration{0};     // 0: none
};

enum class Effect {
  observes,           // never changes the state
  overwrites_unseen,  // sets a state that no operation ever observes, whatever the state was
  overwrites,         // sets a state whatever the state was
  updates,            // depends on the state it meets
};

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

template <typename Operation>
struct Timed {
  Operation operation;
  int64_t call = 0;
  int64_t ret = kNever;      // equal times count as concurrent
  bool required = true;      // false: may never have happened; what it did matters to nobody after `ret`
  Effect effect = Effect::updates;
};

template <typename State>
struct SearchResult {
  Verdict verdict = Verdict::unknown;
  uint64_t steps = 0;
  std::vector<size_t> order;     // positions of the operations in an order that explains all; else the longest partial one
  std::optional<size_t> stuck;   // violation: the operation that nothing explains any more
  std::vector<State> states;     // violation: what the object can be when `stuck` returns
  std::string reason;            // unknown: which limit was reached
};

// Model: `using State` (copyable, ==, std::hash), `using Operation` (==), `static State initial()`, and
// `static bool step(State&, const Operation&)`, which changes the state if the operation may answer so in it.
template <typename Model, size_t Words>
class Search {
 public:
  using State = typename Model::State;
  using Operations = std::vector<Timed<typename Model::Operation>>;

  Search(const Operations& operations, const Limits& limits) : operations_(operations), limits_(limits) { lay_out(); }

  SearchResult<State> run() {
    Configuration start{0, Model::initial(), {}};
    if (advance(start)) return finished(Verdict::linearizable);
    push(start);
    while (!stack_.empty()) {
      if (over_limits()) return finished(Verdict::unknown);
      if (Frame& frame = stack_.back(); frame.candidate == candidates(frame.at.event)) {
        note_dead_end(frame);
        stack_.pop_back();
        continue;
      }
      std::optional<Configuration> next = try_candidate(stack_.back());
      if (!next) continue;
      if (next->event == events_.size()) return finished(Verdict::linearizable);
      if (seen_.insert(*next).second) push(*next);
    }
    return finished(Verdict::violation);
  }

 private:
  // Everything that the future depends on: operations that returned are all done, so those under way are enough.
  struct Configuration {
    size_t event;
    State state;
    std::array<uint64_t, Words> done;  // by slot
    bool operator==(const Configuration&) const = default;
  };
  struct Hash {
    size_t operator()(const Configuration& c) const {
      uint64_t h = c.event * 0x9E3779B97F4A7C15u ^ std::hash<State>()(c.state);
      for (const uint64_t word : c.done) h = (h ^ word ^ (h >> 29)) * 0xBF58476D1CE4E5B9u;
      return static_cast<size_t>(h ^ (h >> 32));
    }
  };
  struct Event {
    int64_t time;
    bool is_return;
    size_t operation;
  };
  struct Frame {
    Configuration at;      // at.event is a return whose operation is not done
    size_t candidate;      // what to try next
    size_t order_size;     // of order_, on arrival
  };

  void lay_out() {
    for (size_t i = 0; i < operations_.size(); ++i) {
      ENSURE(operations_[i].ret >= operations_[i].call, "an operation returns after it was called");
      events_.push_back({operations_[i].call, false, i});
      if (operations_[i].required || operations_[i].ret != kNever) events_.push_back({operations_[i].ret, true, i});
    }
    // At equal times: calls, then what must be explained, then what can be seen no more.
    const auto rank = [this](const Event& e) { return !e.is_return ? 0 : operations_[e.operation].required ? 1 : 2; };
    std::stable_sort(events_.begin(), events_.end(), [&](const Event& a, const Event& b) {
      return a.time != b.time ? a.time < b.time : rank(a) < rank(b);
    });
    slots_.resize(operations_.size());
    under_way_.resize(events_.size());
    std::vector<size_t> free, current;
    for (size_t e = 0; e < events_.size(); ++e) lay_out_event(e, free, current);
    ENSURE(slots_used_ <= Words * 64, "as many slots as operations under way at once");
  }

  // Gives slots, and notes at each demanding return what is under way: first the one that returns.
  void lay_out_event(size_t e, std::vector<size_t>& free, std::vector<size_t>& current) {
    const size_t operation = events_[e].operation;
    if (!events_[e].is_return) {
      if (free.empty()) free.push_back(slots_used_++);
      slots_[operation] = free.back();
      free.pop_back();
      current.push_back(operation);
      return;
    }
    const auto own = std::find(current.begin(), current.end(), operation);
    if (operations_[operation].required) {
      std::rotate(current.begin(), own, own + 1);
      under_way_[e] = current;
      std::rotate(current.begin(), current.begin() + 1, current.end());
      current.pop_back();
    } else {
      current.erase(own);
    }
    free.push_back(slots_[operation]);
  }

  bool is_done(const Configuration& c, size_t operation) const {
    return (c.done[slots_[operation] / 64] >> (slots_[operation] % 64) & 1) != 0;
  }
  void mark(Configuration& c, size_t operation) {
    c.done[slots_[operation] / 64] |= uint64_t{1} << (slots_[operation] % 64);
    order_.push_back(operation);
  }
  void unmark(Configuration& c, size_t operation) const {
    c.done[slots_[operation] / 64] &= ~(uint64_t{1} << (slots_[operation] % 64));
  }
  Effect effect(size_t operation) const { return operations_[operation].effect; }
  bool observe(Configuration& c, size_t operation) {
    if (effect(operation) != Effect::observes || is_done(c, operation)) return false;
    State copy = c.state;
    if (!Model::step(copy, operations_[operation].operation)) return false;
    mark(c, operation);
    return true;
  }

  // Walks on to the next return that demands something; true when there is none.
  bool advance(Configuration& c) {
    for (; c.event < events_.size(); ++c.event) {
      const auto& [time, is_return, operation] = events_[c.event];
      if (!is_return) {
        observe(c, operation);
        continue;
      }
      if (operations_[operation].required && !is_done(c, operation)) return false;
      unmark(c, operation);
    }
    return true;
  }

  size_t candidates(size_t event) const { return under_way_[event].size(); }

  std::optional<Configuration> try_candidate(Frame& frame) {
    const std::vector<size_t>& under_way = under_way_[frame.at.event];
    const size_t due = under_way.front();
    const size_t candidate = under_way[frame.candidate++];
    const Effect kind = effect(candidate);
    // What only observes did so when it could; an unseen overwrite can wait for its own return or another overwrite.
    if (is_done(frame.at, candidate) || kind == Effect::observes || (kind == Effect::overwrites_unseen && candidate != due)) {
      return {};
    }
    ++steps_;
    order_.resize(frame.order_size);
    Configuration next = frame.at;
    if (!Model::step(next.state, operations_[candidate].operation)) return {};
    const bool hides = kind != Effect::updates && hide_unseen(next, candidate, under_way);
    if (!operations_[candidate].required &&
        (has_elder_twin(frame.at, candidate, under_way) || !(hides || makes_possible(frame.at, next.state, under_way)))) {
      return {};
    }
    mark(next, candidate);
    for (const size_t other : under_way) observe(next, other);
    if (is_done(next, due)) advance(next);
    return next;
  }

  // Puts unseen overwrites right before another one; whether there are any.
  bool hide_unseen(Configuration& c, size_t behind, const std::vector<size_t>& under_way) {
    bool hides = false;
    for (const size_t other : under_way) {
      if (other == behind || effect(other) != Effect::overwrites_unseen || is_done(c, other)) continue;
      mark(c, other);
      hides = true;
    }
    return hides;
  }

  // Whether the step to `after` lets something happen that couldn't at `before`.
  bool makes_possible(const Configuration& before, const State& after, const std::vector<size_t>& under_way) const {
    return std::any_of(under_way.begin(), under_way.end(), [&](size_t other) {
      State unchanged = before.state, changed = after;
      return !is_done(before, other) && !Model::step(unchanged, operations_[other].operation) &&
             Model::step(changed, operations_[other].operation);
    });
  }

  // Of equal operations that needn't have happened the one that is dropped first goes first.
  bool has_elder_twin(const Configuration& c, size_t operation, const std::vector<size_t>& under_way) const {
    const auto& own = operations_[operation];
    return std::any_of(under_way.begin(), under_way.end(), [&](size_t i) {
      const auto& other = operations_[i];
      return !other.required && std::pair(other.ret, i) < std::pair(own.ret, operation) && other.operation == own.operation && !is_done(c, i);
    });
  }

  void push(const Configuration& c) { stack_.push_back({c, 0, order_.size()}); }

  void note_dead_end(const Frame& frame) {
    if (frame.at.event < furthest_) return;
    if (frame.at.event > furthest_ || !result_.stuck) {
      furthest_ = frame.at.event;
      result_.stuck = events_[furthest_].operation;
      order_.resize(frame.order_size);
      result_.order = order_;
      result_.states.clear();
    }
    auto& states = result_.states;
    if (std::find(states.begin(), states.end(), frame.at.state) == states.end()) states.push_back(frame.at.state);
  }

  bool over_limits() {
    if (steps_ >= limits_.steps) {
      result_.reason = std::to_string(limits_.steps) + " steps";
    } else if (limits_.duration.count() > 0 && ++looks_ % 4096 == 0 &&
               std::chrono::steady_clock::now() - began_ > limits_.duration) {
      result_.reason = std::to_string(limits_.duration.count()) + " ms";
    }
    return !result_.reason.empty();
  }

  SearchResult<State> finished(Verdict verdict) {
    if (verdict == Verdict::linearizable) result_.order = order_;
    if (verdict != Verdict::violation) {
      result_.stuck.reset();
      result_.states.clear();
    }
    result_.verdict = verdict;
    result_.steps = steps_;
    return std::move(result_);
  }

  const Operations& operations_;
  const Limits limits_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<Event> events_;
  std::vector<size_t> slots_;                   // by operation; two that overlap never share one
  size_t slots_used_ = 0;
  std::vector<std::vector<size_t>> under_way_;  // by event
  std::vector<Frame> stack_;
  std::vector<size_t> order_;
  std::unordered_set<Configuration, Hash> seen_;
  uint64_t steps_ = 0, looks_ = 0;
  size_t furthest_ = 0;
  SearchResult<State> result_;
};

inline constexpr size_t kUnderWayMax = 1024;

// The most operations that are under way at one time.
template <typename Operation>
size_t most_under_way(const std::vector<Timed<Operation>>& operations) {
  std::vector<std::pair<int64_t, int>> changes;  // calls before returns at the same time
  for (const auto& o : operations) {
    changes.emplace_back(o.call, -1);
    if (o.ret != kNever) changes.emplace_back(o.ret, 1);
  }
  std::sort(changes.begin(), changes.end());
  size_t now = 0, most = 0;
  for (const auto& [time, change] : changes) {
    now = change < 0 ? now + 1 : now - 1;
    most = std::max(most, now);
  }
  return most;
}

template <typename Model>
SearchResult<typename Model::State> search(const std::vector<Timed<typename Model::Operation>>& operations, const Limits& limits) {
  const size_t most = most_under_way(operations);
  if (most <= 64) return Search<Model, 1>(operations, limits).run();
  if (most <= kUnderWayMax) return Search<Model, kUnderWayMax / 64>(operations, limits).run();
  SearchResult<typename Model::State> none;
  none.reason = "more than " + std::to_string(kUnderWayMax) + " operations under way at once";
  return none;
}

}  // namespace bao::testing::linear
