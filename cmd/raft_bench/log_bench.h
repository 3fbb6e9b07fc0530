// What the replicated log costs by itself, in a new file of a folder: appends of 1, 16 and 64 entries of 1 KiB a write (one
// fsync each), compaction in steps, and a start with 100,000 entries.
#pragma once

#include <string>

namespace bao::raft_bench {

void measure_log(const std::string& folder, double seconds);

}  // namespace bao::raft_bench
