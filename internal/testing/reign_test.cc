// What was begun in one reign of a node is not written in another one (ARCHITECTURE D13).
#include <gtest/gtest.h>

#include <semaphore>

#include "internal/codec/encoding.h"
#include "internal/core/life_cycle.h"
#include "internal/core/parts.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/testing/fake_cluster.h"

namespace bao::testing {
namespace {

// Takes what is of the present term, as integrated storage does.
class OfOneTerm final : public storage::Backend {
 public:
  explicit OfOneTerm(const FakeCluster& cluster) : cluster_(cluster) {}
  std::unique_ptr<storage::Snapshot> snapshot() override { return inner_->snapshot(); }
  base::Result<base::Index> propose(storage::Proposal proposal) override {
    if (proposal.reign != base::Term{} && proposal.reign.value != cluster_.role().term) {
      return base::Error(base::Code::needs_active, "of another reign");
    }
    return inner_->propose(std::move(proposal));
  }
  void set_listener(storage::ChangeListener listener) override { inner_->set_listener(std::move(listener)); }
  base::Index applied() const override { return inner_->applied(); }
  std::string_view type() const override { return inner_->type(); }

 private:
  const FakeCluster& cluster_;
  const std::unique_ptr<storage::Backend> inner_ = storage::inmem::open();
};

core::CoreOptions options_with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  options.version = "2.6.2";
  return options;
}

TEST(Reign, ABackgroundJobThatComesBackInTheNextReignWritesNothing) {
  const base::FakeClock clock(base::Time(std::chrono::hours(24 * 365 * 50)));
  FakeCluster cluster("node1", 1);
  OfOneTerm storage(cluster);
  core::Core::Parts parts(storage, options_with(cluster), clock);
  ASSERT_TRUE(parts.life_cycle->start().ok());
  core::InitRequest init;
  init.secret_shares = init.secret_threshold = 1;
  const auto made = parts.life_cycle->initialize(init);
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_TRUE(parts.life_cycle->unseal(codec::to_hex(made->shares.front().reveal()), core::Core::Migrate::no).ok());
  const auto put = [&parts](const char* key) {
    return parts.barrier.transact([key](barrier::Transaction& all) { return all.put(key, "v"); });
  };

  std::binary_semaphore first{0}, go_on{0}, ended{0};
  bool wrote_first = false;
  base::Code second = base::Code::internal;
  ASSERT_TRUE(parts.tasks.start("job", [&] {
    wrote_first = put("core/raft/first").ok();
    first.release();
    go_on.acquire();
    if (const auto done = put("core/raft/second"); !done.ok()) second = done.error().code();
    ended.release();
  }));
  first.acquire();
  EXPECT_TRUE(wrote_first);
  cluster.next_term();
  EXPECT_TRUE(put("core/raft/requests").ok()) << "what is asked now is of no earlier reign";
  go_on.release();
  ended.acquire();
  EXPECT_EQ(second, base::Code::needs_active);
  EXPECT_FALSE(*barrier::Reader(parts.barrier).get("core/raft/second"));
}

}  // namespace
}  // namespace bao::testing
