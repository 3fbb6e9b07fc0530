// What the disk takes for one fsync of a page in a file whose length stays, as SQLite's WAL has it.
#pragma once

#include <string>

namespace bao::raft_bench {

struct FsyncTime {
  double p50_us, p99_us;
};
FsyncTime measure_fsync(const std::string& folder);

}  // namespace bao::raft_bench
