#include "cmd/raft_bench/cluster_bench.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "cmd/raft_bench/child.h"
#include "cmd/raft_bench/expect.h"
#include "cmd/raft_bench/fsync_time.h"
#include "cmd/raft_bench/load.h"
#include "cmd/raft_bench/member_process.h"

namespace bao::raft_bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kProposers = 64;
constexpr int kFilledMegabytes = 200;
constexpr int kPacedProposers = 8, kPacedPerSecond = 400;

class Members {
 public:
  Members(std::string folder, uint64_t voters) : folder_(std::move(folder)) {
    for (uint64_t id = 1; id <= voters; ++id) start(id, voters);
    introduce();
    ask(1, "lead");
  }
  ~Members() {
    members_.clear();
    std::filesystem::remove_all(folder_);
  }
  void join(uint64_t id) {
    start(id, 0);
    introduce();
  }
  std::string ask(uint64_t id, const std::string& line) { return members_.at(id)->ask(line); }
  double number(uint64_t id, const std::string& line) { return std::stod(ask(id, line)); }
  double cpu_seconds() {
    double sum = 0;
    for (const auto& [id, member] : members_) sum += number(id, "cpu");
    return sum;
  }

 private:
  std::string folder_of(uint64_t id) const { return folder_ + "/" + std::to_string(id); }
  void start(uint64_t id, uint64_t voters) {
    auto child = std::make_unique<Child>(std::vector<std::string>{"member", folder_of(id), std::to_string(id), std::to_string(voters)});
    where_[id] = child->listen();
    members_[id] = std::move(child);
  }
  void introduce() {
    for (const auto& [id, member] : members_) {
      for (const auto& [peer, where] : where_) member->ask("peer " + std::to_string(peer) + " " + where + " " + folder_of(peer));
      member->ask("introduce");
    }
  }

  const std::string folder_;
  std::map<uint64_t, std::unique_ptr<Child>> members_;
  std::map<uint64_t, std::string> where_;  // address and incarnation
};

std::string new_folder(const std::string& below) {
  std::string pattern = below + "/raft_bench-XXXXXX";
  expect(mkdtemp(pattern.data()) != nullptr, pattern + " cannot be made");
  return pattern;
}

void sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::string load_line(int proposers, int per_second) {
  return "load " + std::to_string(proposers) + " " + std::to_string(per_second);
}

LoadResult measure_load(Members& members, int proposers, int per_second, double seconds) {
  members.ask(1, load_line(proposers, per_second));
  sleep(seconds);
  const LoadResult result = decode_load(members.ask(1, "end"));
  expect(result.failed == 0, "proposals failed");
  return result;
}

void show_load(const char* what, Members& members, int proposers, double seconds) {
  const double writes_before = members.number(1, "counter raft.log.writes");
  const double cpu_before = members.cpu_seconds();
  const LoadResult result = measure_load(members, proposers, 0, seconds);
  const double count = static_cast<double>(result.count);
  std::printf("%-12s %2d proposers: %7.0f entries/s  %6.1f us CPU an entry  p50 %7.1f us  p99 %8.1f us  max %8.1f us  %5.2f a log write\n",
              what, proposers, count / result.seconds, (members.cpu_seconds() - cpu_before) * 1e6 / count, result.p50_us,
              result.p99_us, result.max_us, count / (members.number(1, "counter raft.log.writes") - writes_before));
  std::fflush(stdout);
}

void show_paced(const char* what, const LoadResult& load) {
  std::printf("%s: %.0f writes/s  p50 %.1f us  p99 %.1f us  max %.1f us\n", what, static_cast<double>(load.count) / load.seconds,
              load.p50_us, load.p99_us, load.max_us);
}

}  // namespace

void measure_agreement(const std::string& folder, double seconds) {
  const FsyncTime fsync = measure_fsync(folder);
  std::printf("fsync of a page: p50 %.1f us  p99 %.1f us\n", fsync.p50_us, fsync.p99_us);
  for (const uint64_t voters : {1, 3}) {
    Members members(new_folder(folder), voters);
    const char* what = voters == 1 ? "one member" : "three";
    show_load(what, members, 1, seconds);
    show_load(what, members, kProposers, seconds);
  }
}

void measure_join(const std::string& folder, double seconds) {
  Members members(new_folder(folder), 3);
  members.ask(1, "fill " + std::to_string(kFilledMegabytes));
  for (uint64_t id = 2; id <= 3; ++id) members.ask(id, "wait " + members.ask(1, "last"));
  while (members.number(1, "start") == 0) sleep(0.1);  // what was filled in has left the log, so that only a snapshot helps
  show_paced("before", measure_load(members, kPacedProposers, kPacedPerSecond, seconds));
  std::istringstream before(members.ask(1, "memory"));
  members.ask(1, load_line(kPacedProposers, kPacedPerSecond));
  members.join(4);
  const auto begin = Clock::now();
  members.ask(4, "wait " + members.ask(1, "add 4"));
  const double took = seconds_since(begin);
  show_paced("meanwhile", decode_load(members.ask(1, "end")));
  std::istringstream after(members.ask(1, "memory"));
  double resident = 0, most = 0, ignored = 0;
  before >> resident;
  after >> ignored >> most;
  std::printf("snapshot of %d MB: there after %.1f s, the leader took %.1f MiB more\n", kFilledMegabytes, took, (most - resident) / 1024);
  members.ask(4, "wait " + members.ask(1, "promote 4"));
}

void count_log_writes(const std::string& folder, double seconds) {
  Members members(new_folder(folder), 1);
  const LoadResult result = measure_load(members, kProposers, 0, seconds);
  std::printf("%llu entries, %.0f log writes since the start\n", static_cast<unsigned long long>(result.count),
              members.number(1, "counter raft.log.writes"));
}

}  // namespace bao::raft_bench
