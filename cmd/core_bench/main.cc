// core_bench [seconds] [threads…]: what a KV v1 read, a token lookup and a KV v1 write cost between Core::handle and storage
// in memory, in nanoseconds of CPU each, by the number of threads that ask at once. A developer's tool.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "internal/testing/test_core.h"

namespace {

using bao::logical::Operation;
using bao::logical::Request;
using bao::testing::TestCore;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void measure(const char* name, TestCore& node, const std::function<Request(int)>& make, int threads, double seconds) {
  std::atomic<bool> stop{false};
  std::atomic<long> total{0}, failed{0};
  std::vector<std::thread> workers;
  const double cpu_before = cpu_seconds();
  const auto begin = Clock::now();
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&, i] {
      const Request request = make(i);
      long done = 0, bad = 0;
      while (!stop.load(std::memory_order_relaxed)) {
        bad += node.core().handle(request).ok() ? 0 : 1;
        ++done;
      }
      total += done;
      failed += bad;
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& worker : workers) worker.join();
  const double wall = std::chrono::duration<double>(Clock::now() - begin).count();
  const double cpu = cpu_seconds() - cpu_before;
  const auto count = static_cast<double>(total.load());
  std::printf("%-14s %2d threads  %8.0f ns cpu  %9.0f /s%s\n", name, threads, cpu * 1e9 / count, count / wall,
              failed > 0 ? "  FAILURES" : "");
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  std::vector<int> threads;
  for (int i = 2; i < argc; ++i) threads.push_back(std::atoi(argv[i]));
  if (threads.empty()) threads = {1, 2, 16};

  TestCore node;
  const bool prepared =
      node.write("sys/mounts/kv", R"({"type":"kv"})").ok() && node.write("kv/a", R"({"password":"correct horse"})").ok() &&
      node.write("sys/policies/acl/reader", R"({"policy":"path \"kv/*\" { capabilities = [\"read\",\"update\",\"create\"] }"})").ok();
  if (!prepared) return 1;
  const std::string token = node.create_token(R"({"policies":["default","reader"]})");
  for (const int count : threads) {
    measure("kv read", node, [&](int) { return node.request(Operation::read, "kv/a", "", token); }, count, seconds);
    measure("token lookup", node, [&](int) { return node.request(Operation::read, "auth/token/lookup-self", "", token); },
            count, seconds);
    measure("kv write", node,
            [&](int i) { return node.request(Operation::update, "kv/w" + std::to_string(i), R"({"v":1})", token); }, count,
            seconds);
  }
  return 0;
}
