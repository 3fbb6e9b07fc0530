// Planted bugs: how many seeds it takes to see each of them. The median over several ranges of seeds is the quality of
// the simulator.
#pragma once

#include <cstdint>

namespace bao::raft::sim {

// Prints a table. 0: all were found; 1: one escaped `seeds_max` seeds in some range; 2: this build has no planted bugs.
// `only`: that bug alone, 0: all of them.
int run_canaries(uint64_t seeds_max, int only);

}  // namespace bao::raft::sim
