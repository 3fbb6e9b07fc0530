#include "cmd/raft_bench/log_bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "cmd/raft_bench/expect.h"
#include "internal/raft/log/log_store.h"

namespace bao::raft_bench {
namespace {

using namespace bao::raft;
using Clock = std::chrono::steady_clock;

constexpr GroupId kGroup{1};
constexpr uint64_t kReplayed = 100'000;
constexpr int kWalPagesMax = 4096;  // 16 MiB, as the log writer has it
constexpr int64_t kCompactedAtATime = 1000;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::unique_ptr<LogStore> open(const std::string& file) {
  auto log = LogStore::open(file, sha256_chain, {});
  expect(log.ok(), log.ok() ? "" : log.error().message());
  return std::move(*log);
}

class Appender {
 public:
  explicit Appender(LogStore& log) : log_(log) {}
  void append(int entries) {
    LogWrite write{kGroup, {}, {}, {}, HardState{Term{1}, NodeId{1}, end_.position.index}};
    for (int i = 0; i < entries; ++i) {
      auto entry = std::make_shared<Entry>(Entry{end_.position.index + 1, Term{1}, EntryKind::data, std::string(1024, 'v'), {}});
      entry->chain = sha256_chain(end_.chain, *entry);
      end_ = {{entry->index, entry->term}, entry->chain};
      write.entries.push_back(std::move(entry));
    }
    const auto written = log_.write({&write, 1});
    expect(written.ok(), written.ok() ? "" : written.error().message());
  }
  uint64_t last() const { return end_.position.index.value; }

 private:
  LogStore& log_;
  LogStart end_;
};

void measure_appends(LogStore& log, Appender& appender, int entries, double seconds) {
  std::vector<double> times;
  int checkpoints = 0;
  const auto begin = Clock::now();
  while (seconds_since(begin) < seconds) {
    const auto start = Clock::now();
    appender.append(entries);
    times.push_back(seconds_since(start) * 1e6);
    if (log.wal_pages() < kWalPagesMax) continue;
    expect(log.checkpoint().ok(), "a checkpoint failed");
    ++checkpoints;
  }
  const double elapsed = seconds_since(begin);
  std::sort(times.begin(), times.end());
  const double count = static_cast<double>(times.size());
  std::printf("append %2d x 1 KiB: %8.0f entries/s  %7.0f writes/s  p50 %7.1f us  p99 %7.1f us  (%d checkpoints)\n", entries,
              count * entries / elapsed, count / elapsed, times[times.size() / 2], times[times.size() * 99 / 100], checkpoints);
  std::fflush(stdout);
}

void measure_compaction(LogStore& log, uint64_t up_to) {
  std::vector<double> times;
  for (bool more = true; more;) {
    const auto start = Clock::now();
    more = *log.compact(kGroup, Index{up_to}, kCompactedAtATime);
    times.push_back(seconds_since(start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  std::printf("compact %lld entries a step: p50 %.2f ms  max %.2f ms  (%zu steps)\n", static_cast<long long>(kCompactedAtATime),
              times[times.size() / 2], times.back(), times.size());
}

void measure_start(const std::string& file) {
  auto begin = Clock::now();
  auto log = open(file);
  std::printf("open, verifying %llu entries: %.2f s\n", static_cast<unsigned long long>(log->last(kGroup).value), seconds_since(begin));
  begin = Clock::now();
  Index next = log->start(kGroup).position.index + 1;
  while (next <= log->last(kGroup)) {
    const auto loaded = log->load(kGroup, next, log->last(kGroup), size_t{4} << 20);
    expect(loaded.ok() && !loaded->empty(), "loading failed");
    next = loaded->back()->index + 1;
  }
  std::printf("load all of them, 4 MiB at a time: %.2f s\n", seconds_since(begin));
}

}  // namespace

void measure_log(const Plan& plan) {
  const std::string file = plan.folder + "/raft_bench.db";
  expect(!std::filesystem::exists(file), file + " is there already");
  {
    auto log = open(file);
    Appender appender(*log);
    for (const int entries : {1, 16, 64}) measure_appends(*log, appender, entries, plan.seconds);
    measure_compaction(*log, appender.last());
    for (uint64_t i = 0; i < kReplayed / 1000; ++i) appender.append(1000);
  }
  measure_start(file);
  std::filesystem::remove(file);
  std::filesystem::remove(file + "-wal");
}

}  // namespace bao::raft_bench
