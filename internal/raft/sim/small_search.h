// Breadth first through everything that can happen in a small world, each state once: the first violation found is one of
// the shortest ways there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/raft/sim/small_world.h"

namespace bao::raft::sim {

struct SearchLimits {
  size_t states = 500'000;  // about 4 GiB at the widest
  double seconds = 60;
};

struct SearchResult {
  std::optional<Violation> violation;
  std::vector<std::string> way;  // there
  size_t states = 0, steps = 0;
  size_t not_followed = 0;  // for their many messages
  size_t depth = 0;         // every state of at most so many steps was seen
  bool exhausted = false;   // that is all there are
};

// A part of all that can happen, chosen so that it can be seen whole, or nearly.
struct Corner {
  std::string_view name;
  bool led;  // begins with a leader instead of an election
  SmallBounds bounds;
};
std::span<const Corner> corners();
SearchResult search_small_world(const Corner& corner, const SearchLimits& limits);
// Every corner, printed; 0 when nothing breaks.
int run_small_world(const SearchLimits& limits);

}  // namespace bao::raft::sim
