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

std::string new_folder(const std::string& below) {
  std::string pattern = below + "/raft_bench-XXXXXX";
  expect(mkdtemp(pattern.data()) != nullptr, pattern + " cannot be made");
  return pattern;
}

class Members {
 public:
  Members(const std::string& below, uint64_t voters) {
    for (uint64_t id = 1; id <= voters; ++id) {
      folders_[id] = new_folder(below);
      start(id, voters);
    }
    introduce();
    ask(1, "lead");
  }
  ~Members() {
    members_.clear();
    for (const auto& [id, folder] : folders_) std::filesystem::remove_all(folder);
  }
  void join(uint64_t id, const std::string& below) {
    folders_[id] = new_folder(below);
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
  void start(uint64_t id, uint64_t voters) {
    auto child = std::make_unique<Child>(std::vector<std::string>{"member", folders_[id], std::to_string(id), std::to_string(voters)});
    where_[id] = child->listen();
    members_[id] = std::move(child);
  }
  void introduce() {
    for (const auto& [id, member] : members_) {
      for (const auto& [peer, where] : where_) member->ask("peer " + std::to_string(peer) + " " + where + " " + folders_[peer]);
      member->ask("introduce");
    }
  }

  std::map<uint64_t, std::string> folders_;
  std::map<uint64_t, std::unique_ptr<Child>> members_;
  std::map<uint64_t, std::string> where_;  // address and incarnation
};

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
  const double sent_before = members.number(1, "counter raft.transport.sent");
  const double cpu_before = members.cpu_seconds();
  const LoadResult result = measure_load(members, proposers, 0, seconds);
  const double count = static_cast<double>(result.count);
  std::printf("%-12s %2d proposers: %7.0f entries/s  %6.1f us CPU an entry  p50 %7.1f us  p99 %8.1f us  max %8.1f us  %5.2f a log write  %4.2f messages of the leader an entry\n",
              what, proposers, count / result.seconds, (members.cpu_seconds() - cpu_before) * 1e6 / count, result.p50_us,
              result.p99_us, result.max_us, count / (members.number(1, "counter raft.log.writes") - writes_before),
              (members.number(1, "counter raft.transport.sent") - sent_before) / count);
  std::fflush(stdout);
}

void show_paced(const char* what, const LoadResult& load) {
  std::printf("%s: %.0f writes/s  p50 %.1f us  p99 %.1f us  max %.1f us\n", what, static_cast<double>(load.count) / load.seconds,
              load.p50_us, load.p99_us, load.max_us);
}

}  // namespace

void measure_agreement(const Plan& plan) {
  const FsyncTime fsync = measure_fsync(plan.folder);
  std::printf("fsync of a page: p50 %.1f us  p99 %.1f us\n", fsync.p50_us, fsync.p99_us);
  for (const uint64_t voters : {1, 3}) {
    Members members(plan.folder, voters);
    const char* what = voters == 1 ? "one member" : "three";
    show_load(what, members, 1, plan.seconds);
    show_load(what, members, kProposers, plan.seconds);
  }
}

void measure_join(const Plan& plan) {
  Members members(plan.folder, 3);
  members.ask(1, "fill " + std::to_string(kFilledMegabytes));
  for (uint64_t id = 2; id <= 3; ++id) members.ask(id, "wait " + members.ask(1, "last"));
  while (members.number(1, "start") == 0) sleep(0.1);  // what was filled in has left the log, so that only a snapshot helps
  show_paced("before", measure_load(members, kPacedProposers, kPacedPerSecond, plan.seconds));
  std::istringstream before(members.ask(1, "memory"));
  members.ask(1, load_line(kPacedProposers, kPacedPerSecond));
  members.join(4, plan.joining_folder);
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

void count_log_writes(const Plan& plan) {
  Members members(plan.folder, 1);
  const LoadResult result = measure_load(members, kProposers, 0, plan.seconds);
  std::printf("%llu entries, %.0f log writes since the start\n", static_cast<unsigned long long>(result.count),
              members.number(1, "counter raft.log.writes"));
}

}  // namespace bao::raft_bench
