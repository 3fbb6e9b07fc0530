// Members as processes of their own, with mutual TLS between them: what agreement costs, and what a member that joins costs
// the others. Each in a new folder, which goes afterwards.
#pragma once

#include "cmd/raft_bench/plan.h"

namespace bao::raft_bench {

// 64 proposers and one, on a lone member and on the leader of three.
void measure_agreement(const Plan& plan);
// 200 MB streamed to a learner of three voters while writes go on at a pace; then it is promoted.
void measure_join(const Plan& plan);
// That many proposals by 64 proposers on a lone member, and the writes of its log; for strace.
void count_log_writes(const Plan& plan);

}  // namespace bao::raft_bench
