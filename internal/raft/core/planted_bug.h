// Planted bugs: each is a mistake that a Raft implementation has really had, compiled in only with BAO_PLANTED_BUGS, so that
// the simulator and the crash sweep can show that they see it. In every other build PLANTED(n) is the constant false.
// The list of numbers: ../README.md. Set once before anything runs.
#pragma once

namespace bao::raft {
#ifdef BAO_PLANTED_BUGS
inline int planted_bug = 0;
#define PLANTED(n) (::bao::raft::planted_bug == (n))
#else
#define PLANTED(n) false
#endif
}  // namespace bao::raft
