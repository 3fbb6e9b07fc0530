// Planted bugs: each is a mistake that a Raft implementation has really had, compiled in only with BAO_PLANTED_BUGS, so that
// the simulator and the crash sweep can show that they see it. In every other build PLANTED(n) is the constant false.
// The list of numbers: ../README.md. Set once before anything runs: by the simulator, or for test programs by BAO_BUG=n.
#pragma once

#ifdef BAO_PLANTED_BUGS
#include <cstdlib>
#endif

namespace bao::raft {
#ifdef BAO_PLANTED_BUGS
inline int planted_bug = std::getenv("BAO_BUG") ? std::atoi(std::getenv("BAO_BUG")) : 0;
#define PLANTED(n) (::bao::raft::planted_bug == (n))
#else
#define PLANTED(n) false
#endif
}  // namespace bao::raft
