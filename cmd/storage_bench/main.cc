// storage_bench FOLDER [SECONDS]: what storage and barrier cost by themselves, in a new folder of integrated storage.
// Writes of 1 KiB by 1, 16 and 64 threads (each in a transaction of the barrier), then point reads and listings.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/metrics.h"
#include "internal/storage/raft/replicated_storage.h"

namespace {

using namespace bao;
using Clock = std::chrono::steady_clock;

constexpr int kKeys = 20'000;
const std::string kValue(1024, 'v');

std::string key_of(uint64_t number) { return "logical/bench/" + std::to_string(number % kKeys); }

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Runs `operation` on `threads` threads for a while and prints the rate, its cost, and the median of one call.
void measure(const char* what, int threads, double seconds, const std::function<void(uint64_t)>& operation) {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> done{0};
  std::vector<std::vector<float>> times(static_cast<size_t>(threads));
  base::Counter& batches = base::counter("storage.batches");
  base::Counter& log_writes = base::counter("raft.log.writes");
  const int64_t log_writes_before = log_writes.value();
  const int64_t batches_before = batches.value();
  const double cpu_before = cpu_seconds();
  const auto begin = Clock::now();
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      std::mt19937_64 random(static_cast<uint64_t>(t) + 1);
      while (!stop.load(std::memory_order_relaxed)) {
        const auto start = Clock::now();
        operation(random());
        times[static_cast<size_t>(t)].push_back(std::chrono::duration<float, std::micro>(Clock::now() - start).count());
        done.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& worker : workers) worker.join();
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  const double count = static_cast<double>(done.load());
  std::vector<float> all;
  for (const auto& part : times) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  const auto at = [&](double part) { return static_cast<double>(all[static_cast<size_t>(part * static_cast<double>(all.size() - 1))]); };
  const int64_t batch_count = batches.value() - batches_before;
  std::printf("%-28s %3d threads: %9.0f/s  %7.2f us CPU  p50 %8.1f us  p99 %9.1f us  max %9.1f us", what, threads, count / elapsed,
              (cpu_seconds() - cpu_before) * 1e6 / count, at(0.5), at(0.99), at(1.0));
  if (batch_count > 0) std::printf("  %.2f a batch", count / static_cast<double>(batch_count));
  if (const auto writes = log_writes.value() - log_writes_before; writes > 0)
    std::printf("  %.2f a log write", count / static_cast<double>(writes));
  std::printf("\n");
  std::fflush(stdout);
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "storage_bench: %s\n", what);
  std::exit(1);
}

void write_one(barrier::Barrier& barrier, uint64_t number) {
  const auto written = barrier.transact([&](barrier::Transaction& t) { return t.put(key_of(number), kValue); });
  expect(written.ok(), "a write failed");
}

void fill(barrier::Barrier& barrier) {
  for (int from = 0; from < kKeys; from += 500) {
    const auto written = barrier.transact([&](barrier::Transaction& t) -> base::Status {
      for (int i = from; i < from + 500; ++i) TRY(t.put(key_of(static_cast<uint64_t>(i)), kValue));
      return {};
    });
    expect(written.ok(), "filling failed");
  }
}

void run(barrier::Barrier& barrier, double seconds) {
  fill(barrier);
  for (const int threads : {1, 16, 64}) {
    measure("write 1 KiB", threads, seconds, [&](uint64_t number) { write_one(barrier, number); });
  }
  for (const int threads : {1, 2, 16}) {
    measure("read, one a reader", threads, seconds, [&](uint64_t number) {
      const auto value = barrier::Reader(barrier).get(key_of(number));
      expect(value.ok() && value->has_value(), "a read failed");
    });
  }
  measure("read, 10 a reader", 1, seconds, [&](uint64_t number) {
    const barrier::Reader reader(barrier);
    for (uint64_t i = 0; i < 10; ++i) expect(reader.get(key_of(number + i)).ok(), "a read failed");
  });
  measure("snapshot alone", 1, seconds, [&](uint64_t) { expect(barrier.backend().snapshot()->index().value > 0, "no snapshot"); });
  measure("list 20,000 names", 1, seconds, [&](uint64_t) {
    expect(barrier::Reader(barrier).list("logical/bench/", "", -1)->size() == kKeys, "a listing failed");
  });
  measure("list past a deep folder", 1, seconds, [&](uint64_t) {
    expect(barrier::Reader(barrier).list("logical/", "", -1)->size() == 1, "a listing failed");
  });
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (uint64_t i = 0; !stop; ++i) write_one(barrier, i * 7919);
  });
  measure("read beside one writer", 2, seconds, [&](uint64_t number) {
    expect(barrier::Reader(barrier).get(key_of(number)).ok(), "a read failed");
  });
  stop = true;
  writer.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: %s FOLDER [SECONDS]\n", argv[0]);
    return 1;
  }
  auto backend = storage::raft::open(argv[1], {.form_as = ""});
  if (!backend.ok()) {
    std::fprintf(stderr, "storage_bench: %s\n", backend.error().message().c_str());
    return 1;
  }
  barrier::Barrier barrier(**backend);
  barrier.set_keyring(std::make_shared<const barrier::Keyring>(barrier::Keyring::generate(base::system_clock().now())));
  run(barrier, argc >= 3 ? std::atof(argv[2]) : 2.0);
  return 0;
}
