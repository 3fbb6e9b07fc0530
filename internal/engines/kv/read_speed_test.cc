// What the engine's part of a KV v2 read costs: two storage reads, decoding and the answer's text. Prints the figure (ask
// for it in a release build); asserts that nothing is parsed or looked up needlessly, by counting storage reads.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "internal/engines/kv/kv.h"
#include "internal/logical/render.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines {
namespace {

using Clock = std::chrono::steady_clock;

class CountingView final : public storage::ReadView {
 public:
  explicit CountingView(const storage::ReadView& parent) : parent_(parent) {}
  base::Result<std::optional<std::string>> get(std::string_view key) const override {
    ++reads;
    return parent_.get(key);
  }
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after, int64_t limit) const override {
    ++reads;
    return parent_.list(prefix, after, limit);
  }
  base::Index index() const override { return parent_.index(); }
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                          int64_t limit) const override {
    return parent_.index_scan(table, before, limit);
  }
  mutable int reads = 0;

 private:
  const storage::ReadView& parent_;
};

TEST(KvReadSpeed, AReadIsTwoStorageReads) {
  logical::scenario::Runner runner(kv_backend());
  ASSERT_TRUE(runner.mount({{"version", "2"}}).ok());
  const std::string kilobyte(1000, 'x');
  for (int i = 0; i < 10; ++i) runner.request("POST data/team/app/db <- {\"data\":{\"password\":\"" + kilobyte + "\"}}");
  logical::Request request;
  request.path = "mount/data/team/app/db";
  request.mount_point = "mount/";
  std::string body;
  int reads = 0;
  const auto read_once = [&] {
    const barrier::Reader reader(runner.barrier());
    const storage::PrefixReadView view(reader, runner.view_prefix());
    const CountingView counting(view);
    auto match = runner.backend().paths().match(request.relative_path());
    const auto fields = match->path->read_fields(request.operation, std::move(match->captures), request.data);
    const auto& reads_effect = std::get<logical::Reads>(match->path->find(request.operation)->effect);
    const auto reply = reads_effect.run({request, *fields, base::system_clock().now()}, counting);
    body.clear();
    if (reply.ok()) logical::render_to(body, *reply, "11111111-2222-3333-4444-555555555555");
    reads = counting.reads;
  };
  read_once();
  constexpr int kRounds = 20'000;
  const auto start = Clock::now();
  for (int i = 0; i < kRounds; ++i) read_once();
  const double took_us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  std::printf("a KV v2 read of 1 KB out of 10 versions: %.2f us\n", took_us / kRounds);
  EXPECT_EQ(reads, 2);
  EXPECT_NE(body.find("\"version\":10}"), std::string::npos);
}

}  // namespace
}  // namespace bao::engines
