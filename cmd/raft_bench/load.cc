#include "cmd/raft_bench/load.h"

#include <algorithm>
#include <random>
#include <sstream>

#include "cmd/raft_bench/expect.h"

namespace bao::raft_bench {
namespace {

constexpr int kKeys = 20'000;
constexpr int kFilledTogether = 512;
const std::string kValue(1024, 'v');

}  // namespace

std::string encode(const LoadResult& result) {
  std::ostringstream out;
  out << result.count << ' ' << result.failed << ' ' << result.seconds << ' ' << result.p50_us << ' ' << result.p99_us << ' '
      << result.max_us;
  return out.str();
}

LoadResult decode_load(const std::string& text) {
  LoadResult result;
  std::istringstream in(text);
  in >> result.count >> result.failed >> result.seconds >> result.p50_us >> result.p99_us >> result.max_us;
  expect(!in.fail() && result.count > 0, "no load result: " + text);
  return result;
}

Load::Load(testing::cluster::Member& member, int proposers, int per_second)
    : member_(member), times_us_(static_cast<size_t>(proposers)) {
  const auto pace = per_second == 0 ? Clock::duration{} : Clock::duration(std::chrono::seconds(proposers)) / per_second;
  for (size_t i = 0; i < times_us_.size(); ++i) threads_.emplace_back([this, i, pace] { propose(i, pace); });
}

Load::~Load() {
  if (!stop_) end();
}

void Load::propose(size_t proposer, Clock::duration pace) {
  std::mt19937_64 random(proposer + 1);
  // Paced proposers take turns.
  auto due = begin_ + pace * static_cast<int64_t>(proposer) / static_cast<int64_t>(times_us_.size());
  while (!stop_.load(std::memory_order_relaxed)) {
    if (pace == Clock::duration{}) due = Clock::now();
    else std::this_thread::sleep_until(due);
    const auto done = member_.put("logical/bench/" + std::to_string(random() % kKeys), kValue);
    if (done.ok()) times_us_[proposer].push_back(std::chrono::duration<float, std::micro>(Clock::now() - due).count());
    else ++failed_;
    due += pace;
  }
}

LoadResult Load::end() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  LoadResult result;
  result.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  std::vector<float> all;
  for (const auto& part : times_us_) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  result.count = all.size();
  result.failed = failed_;
  if (all.empty()) return result;
  const auto at = [&](double part) { return static_cast<double>(all[static_cast<size_t>(part * static_cast<double>(all.size() - 1))]); };
  result.p50_us = at(0.5);
  result.p99_us = at(0.99);
  result.max_us = at(1.0);
  return result;
}

void fill(testing::cluster::Member& member, int megabytes) {
  for (int key = 0; key < megabytes * 1024; key += kFilledTogether) {
    storage::Proposal proposal;
    for (int i = key; i < key + kFilledTogether; ++i)
      proposal.operations.push_back({storage::Operation::Kind::put, "logical/filled/" + std::to_string(i), kValue, "", ""});
    value_of(member.propose(proposal));
  }
}

}  // namespace bao::raft_bench
