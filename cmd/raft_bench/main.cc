// raft_bench WHAT FOLDER [SECONDS [JOINING]]: what the Raft module costs, measured in new files below that folder (of the member that joins: below JOINING).
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cmd/raft_bench/cluster_bench.h"
#include "cmd/raft_bench/log_bench.h"
#include "cmd/raft_bench/member_process.h"

namespace {

using namespace bao::raft_bench;

struct Mode {
  const char* name;
  void (*measure)(const Plan& plan);
  const char* what;
};
constexpr Mode kModes[] = {
    {"log", measure_log, "the log by itself, and a start with 100,000 entries"},
    {"cluster", measure_agreement, "one member and three processes: rate, CPU, latency"},
    {"join", measure_join, "a member that joins with an empty folder while writes go on"},
    {"single", count_log_writes, "the writes of a lone member's log, to be compared with its fsyncs (strace -f -c)"},
};

int usage(const char* program) {
  std::fprintf(stderr, "usage: %s WHAT FOLDER [SECONDS [JOINING]]\n", program);
  for (const Mode& mode : kModes) std::fprintf(stderr, "  %-8s %s\n", mode.name, mode.what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "member") == 0) {
    run_member(argv[2], std::strtoull(argv[3], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
    return 0;
  }
  if (argc < 3 || argc > 5) return usage(argv[0]);
  Plan plan;
  plan.folder = plan.joining_folder = argv[2];
  if (argc > 3) plan.seconds = std::atof(argv[3]);
  if (argc > 4) plan.joining_folder = argv[4];
  for (const Mode& mode : kModes) {
    if (std::strcmp(argv[1], mode.name) != 0) continue;
    mode.measure(plan);
    return 0;
  }
  return usage(argv[0]);
}
