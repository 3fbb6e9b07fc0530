// What the replicated log costs by itself, in a new file of a folder: appends of 1, 16 and 64 entries of 1 KiB a write (one
// fsync each), compaction in steps, and a start with 100,000 entries.
#pragma once

#include "cmd/raft_bench/plan.h"

namespace bao::raft_bench {

void measure_log(const Plan& plan);

}  // namespace bao::raft_bench
