// What happens next: a heap of callbacks ordered by (time, order of scheduling). The only clock of a world.
// Owned by the world's thread.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class Schedule {
 public:
  Time now() const { return now_; }
  uint64_t ran() const { return ran_; }
  bool empty() const { return heap_.empty(); }
  void after(Time delay, std::function<void()> what) {
    heap_.push_back({now_ + delay, sequence_++, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  // Runs the earliest one; false when there is none.
  bool step() {
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Event event = std::move(heap_.back());
    heap_.pop_back();
    now_ = event.at;
    ++ran_;
    event.what();
    return true;
  }

 private:
  struct Event {
    Time at;
    uint64_t sequence;
    std::function<void()> what;
  };
  static bool later(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.sequence > b.sequence; }

  std::vector<Event> heap_;
  Time now_ = 0;
  uint64_t sequence_ = 0, ran_ = 0;
};

}  // namespace bao::raft::sim
