// What is asked for on the command line.
#pragma once

#include <string>

namespace bao::raft_bench {

struct Plan {
  std::string folder;
  double seconds = 2;
  // Where the member that joins has its files. Elsewhere than `folder`: its disk is not that of the others, as in production.
  std::string joining_folder;
};

}  // namespace bao::raft_bench
