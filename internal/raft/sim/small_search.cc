#include "internal/raft/sim/small_search.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <unordered_set>

#include "internal/raft/sim/crash_guard.h"

namespace bao::raft::sim {
namespace {

class Search {
 public:
  Search(const Corner& corner, const SearchLimits& limits) : corner_(corner), limits_(limits) {}

  void run() {
    std::vector<Reached> level{{first(), 0}};
    result_.violation = level.front().world.violation();
    came_from_.push_back({0, {}});
    seen_.insert(level.front().world.fingerprint());
    while (!level.empty() && go_on()) {
      level = next(level);
      if (go_on()) ++result_.depth;
    }
    result_.exhausted = go_on();
  }

  SearchResult result() {
    result_.states = seen_.size();
    if (result_.violation) tell_way();
    return std::move(result_);
  }
  void broken() {
    if (!result_.violation) result_.violation = Violation{0, "a broken invariant inside of the core, named above"};
  }

 private:
  struct Reached {
    SmallWorld world;
    uint32_t number;
  };
  struct Origin {
    uint32_t number;
    SmallStep step;
  };

  SmallWorld first() const {
    SmallWorld world(corner_.bounds);
    if (corner_.led) world.elect_first();
    return world;
  }

  bool go_on() const { return !result_.violation && !ended_; }

  std::vector<Reached> next(const std::vector<Reached>& level) {
    std::vector<Reached> more;
    for (const Reached& from : level) {
      for (const SmallStep& step : from.world.steps()) {
        follow(from, step, more);
        if (!go_on()) return more;
      }
    }
    return more;
  }

  void follow(const Reached& from, const SmallStep& step, std::vector<Reached>& more) {
    last_ = {from.number, step};
    SmallWorld world = from.world;
    world.take(step);
    ++result_.steps;
    result_.violation = world.violation();
    if (result_.violation) return;
    if (!seen_.insert(world.fingerprint()).second) return;
    came_from_.push_back(last_);
    if (world.too_many_messages()) ++result_.not_followed;
    else more.push_back({std::move(world), static_cast<uint32_t>(came_from_.size() - 1)});
    ended_ = seen_.size() >= limits_.states || (result_.steps % 1024 == 0 && std::chrono::steady_clock::now() >= deadline_);
  }

  void tell_way() {
    if (result_.steps == 0) return;
    std::vector<SmallStep> steps{last_.step};
    for (uint32_t at = last_.number; at != 0; at = came_from_[at].number) steps.push_back(came_from_[at].step);
    std::ranges::reverse(steps);
    SmallWorld world = first();
    for (const SmallStep& step : steps) {
      result_.way.push_back(world.describe(step));
      if (&step != &steps.back()) world.take(step);
    }
  }

  const Corner corner_;
  const SearchLimits limits_;
  const std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(limits_.seconds));
  std::unordered_set<uint64_t> seen_;
  std::vector<Origin> came_from_;  // by number
  Origin last_{};
  bool ended_ = false;
  SearchResult result_;
};

constexpr Corner kCorners[] = {
    {"an election, a crash", false, {.terms = 2, .proposals = 0, .crashes = 1, .timeouts = 2, .heartbeats = 0}},
    {"a leader and its followers", true, {.terms = 1, .proposals = 2, .crashes = 0, .timeouts = 0, .heartbeats = 1}},
    {"a tail that another leader cuts", true, {.terms = 1, .proposals = 1, .crashes = 0, .timeouts = 2, .heartbeats = 0}},
    {"a leader, a crash", true, {.terms = 1, .proposals = 1, .crashes = 1, .timeouts = 1, .heartbeats = 0}},
    {"all of it, from an election", false, {.terms = 2, .proposals = 2, .crashes = 1, .timeouts = 3, .heartbeats = 1}},
    {"all of it, from a leader", true, {.terms = 2, .proposals = 2, .crashes = 1, .timeouts = 3, .heartbeats = 1}},
};

void print(const Corner& corner, const SearchResult& result) {
  const SmallBounds& b = corner.bounds;
  std::printf("%s (%d terms, %d proposals, %d crashes, %d timeouts, %d heartbeats, %zu messages at once)\n", std::string(corner.name).c_str(),
              b.terms, b.proposals, b.crashes, b.timeouts, b.heartbeats, b.messages);
  std::printf("  %zu states, %zu steps taken, complete to %zu steps from the start: ", result.states, result.steps, result.depth);
  if (result.violation) std::printf("invariant %d breaks: %s\n", result.violation->invariant, result.violation->text.c_str());
  else std::printf(result.exhausted ? "there is no more\n" : "ended by the limit of states or time\n");
  if (result.not_followed > 0) std::printf("  %zu states had more messages than the bound and were not followed\n", result.not_followed);
  for (const std::string& step : result.way) std::printf("    %s\n", step.c_str());
  std::fflush(stdout);
}

}  // namespace

std::span<const Corner> corners() { return kCorners; }

SearchResult search_small_world(const Corner& corner, const SearchLimits& limits) {
  Search search(corner, limits);
  if (!comes_to_its_end([&] { search.run(); })) search.broken();
  return search.result();
}

int run_small_world(const SearchLimits& limits) {
  int broken = 0;
  for (const Corner& corner : kCorners) {
    const SearchResult result = search_small_world(corner, limits);
    print(corner, result);
    if (result.violation) ++broken;
  }
  return broken == 0 ? 0 : 1;
}

}  // namespace bao::raft::sim
