// What time ends, by a whole core: tokens with their children and cubbyholes, spent tokens, and leases whose engine isn't here.
#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
#include "internal/base/metrics.h"
#include "internal/core/lease_census.h"
#include "internal/core/parts.h"
#include "internal/core/revoker.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;
using base::Time;
using std::chrono::hours;
using std::chrono::minutes;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));

class Sweep : public testing::Test {
 protected:
  Sweep() {
    parts_.barrier.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    write([&](storage::WriteView& all) -> Status {
      TRY(parts_.tokens.initialize(all));
      return parts_.mounts->initialize(all);
    });
    EXPECT_TRUE(parts_.mounts->load().ok());
  }

  void write(const std::function<Status(storage::WriteView&)>& body) {
    const auto done = parts_.barrier.transact([&](barrier::Transaction& t) { return body(t); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  TokenEntry create(base::Duration ttl, std::string parent = "") {
    TokenEntry made;
    write([&](storage::WriteView& all) {
      made = TokenEntry();
      made.policies = {"app"};
      made.path = "auth/token/create";
      made.ttl = ttl;
      made.parent = parent;
      logical::Auth auth;
      return parts_.tokens.create(all, root_, made, auth);
    });
    return made;
  }
  std::string secret_of(const TokenEntry& owner, std::string path, base::Duration ttl) {
    std::string lease_id;
    write([&](storage::WriteView& all) -> Status {
      logical::Request request;
      request.path = path;
      logical::Response response = logical::Response::of(codec::Json::object());
      response.lease = logical::SecretLease{};
      TRY(parts_.tokens.file_secret_lease(all, root_, owner, request, ttl, response));
      lease_id = response.lease_id;
      return {};
    });
    return lease_id;
  }
  std::vector<std::string> irrevocable() { return *parts_.expiration.irrevocable(barrier::Reader(parts_.barrier)); }
  bool exists(const std::string& token) {
    return parts_.tokens.read(barrier::Reader(parts_.barrier), token, TokenStore::Spent::included)->has_value();
  }
  size_t swept() {
    const auto count = parts_.revoker->sweep();
    EXPECT_TRUE(count.ok()) << count.error().message();
    return count.ok() ? *count : 0;
  }
  std::optional<Time> next() { return *parts_.expiration.next_expiry(barrier::Reader(parts_.barrier)); }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  Core::Parts parts_{*backend_, CoreOptions(), clock_};
  const logical::Namespace& root_ = logical::root_namespace();
};

TEST_F(Sweep, TimeEndsTokensWithTheirChildrenAndNothingElse) {
  const TokenEntry brief = create(minutes(1));
  const TokenEntry child = create(hours(1), brief.id);
  const TokenEntry other = create(hours(1));
  EXPECT_EQ(swept(), 0u);
  clock_.advance(minutes(2));
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(exists(brief.id));
  EXPECT_FALSE(exists(child.id));
  EXPECT_TRUE(exists(other.id));
  EXPECT_EQ(swept(), 0u);
  clock_.advance(hours(2));
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(next());
}

TEST_F(Sweep, MoreThanOneBatchEndsInOneSweep) {
  for (int i = 0; i < 150; ++i) create(minutes(1));
  clock_.advance(minutes(2));
  EXPECT_EQ(swept(), 150u);
  EXPECT_FALSE(next());
}

TEST_F(Sweep, ATokenSpentBeforeACrashIsFound) {
  TokenEntry limited;
  write([&](storage::WriteView& all) -> Status {
    limited = TokenEntry();
    limited.policies = {"app"};
    limited.path = "auth/token/create";
    limited.ttl = hours(1);
    limited.num_uses = 1;
    logical::Auth auth;
    return parts_.tokens.create(all, root_, limited, auth);
  });
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(const auto used, parts_.tokens.use(all, limited));
    return used == nullptr ? Status(base::internal("not used")) : Status();
  });
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(exists(limited.id));
}

TEST_F(Sweep, ALeaseOfAnEngineThatIsNotHereStaysWithItsReasonAndHoldsUpNothing) {
  const TokenEntry owner = create(minutes(5));
  const std::string lease_id = secret_of(owner, "database/creds/app", minutes(1));
  clock_.advance(minutes(6));
  EXPECT_EQ(swept(), 1u) << "the token";
  EXPECT_FALSE(next()) << "it is not asked for again";
  EXPECT_EQ(irrevocable(), std::vector<std::string>{lease_id});
  EXPECT_EQ((*parts_.expiration.get(barrier::Reader(parts_.barrier), root_, lease_id))->revoke_error,
            "no handler for route \"database/creds/app\". route entry not found.");
  EXPECT_FALSE(parts_.revoker->revoke_prefix(root_, "database", false).ok());
  ASSERT_TRUE(parts_.revoker->queue(root_, {&lease_id, 1}).ok());
  EXPECT_TRUE(irrevocable().empty()) << "it is tried anew";
  EXPECT_EQ(swept(), 0u);
  EXPECT_EQ(irrevocable(), std::vector<std::string>{lease_id});
  ASSERT_TRUE(parts_.revoker->revoke_prefix(root_, "database", true).ok());
  EXPECT_FALSE(*parts_.expiration.get(barrier::Reader(parts_.barrier), root_, lease_id));
  EXPECT_TRUE(irrevocable().empty());
}

TEST_F(Sweep, ManyEndTogetherWhateverHangsOnThem) {
  const TokenEntry parent = create(minutes(1)), child = create(hours(1), parent.id), plain = create(minutes(1)), living = create(hours(1));
  const TokenEntry holder = create(minutes(1));
  const std::string lease_id = secret_of(holder, "database/creds/app", hours(2));
  const TokenEntry keeper = create(minutes(1));
  std::string box;
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(box, parts_.tokens.cubbyhole_prefix(all, keeper));
    return all.put(box + "a", "x");
  });
  for (int i = 0; i < 100; ++i) create(minutes(1));
  clock_.advance(minutes(2));
  EXPECT_EQ(swept() + swept(), 104u);
  for (const TokenEntry* ended : {&parent, &child, &plain, &holder, &keeper}) EXPECT_FALSE(exists(ended->id));
  EXPECT_TRUE(exists(living.id));
  EXPECT_EQ(irrevocable(), std::vector<std::string>{lease_id}) << "secrets end with their token";
  const barrier::Reader all(parts_.barrier);
  EXPECT_FALSE(*all.get(box + "a"));
  EXPECT_EQ(parts_.tokens.accessors(all, root_)->size(), 1u);
  EXPECT_TRUE(all.list("sys/token/parent/", "", -1)->empty());
}

TEST_F(Sweep, ALeaseThatCannotBeReadHoldsUpNothing) {
  const TokenEntry broken = create(minutes(1));
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(const std::string id, parts_.tokens.lease_id_of(all, broken));
    return all.put(lease_storage_key(root_, id), "{");
  });
  const TokenEntry other = create(minutes(1));
  clock_.advance(minutes(2));
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(exists(other.id));
  EXPECT_EQ(next(), clock_.now() + hours(1)) << "somebody may have mended it by then";
}

TEST_F(Sweep, TidyEndsWhatNothingElseWouldEnd) {
  const TokenEntry living = create(hours(1)), gone = create(hours(1));
  const std::string kept = secret_of(living, "database/creds/app", hours(1)), lost = secret_of(gone, "database/creds/app", hours(1));
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(const auto salt, parts_.tokens.salt(all));
    return all.remove("sys/token/id/" + salt->salted(gone.id));
  });
  ASSERT_TRUE(parts_.revoker->tidy().ok());
  const barrier::Reader all(parts_.barrier);
  EXPECT_TRUE(*parts_.expiration.get(all, root_, kept));
  EXPECT_FALSE(*parts_.expiration.get(all, root_, lost));
  EXPECT_TRUE(exists(living.id));
}

TEST_F(Sweep, WhatIsQueuedEndsAtOnceAndAPrefixEndsWithItsTokens) {
  const TokenEntry a = create(hours(1)), b = create(hours(1));
  const std::string lease = *parts_.tokens.lease_id_of(barrier::Reader(parts_.barrier), a);
  ASSERT_TRUE(parts_.revoker->queue(root_, {&lease, 1}).ok());
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(exists(a.id));
  ASSERT_TRUE(parts_.revoker->revoke_prefix(root_, "auth/token/create", false).ok());
  EXPECT_FALSE(exists(b.id));
  EXPECT_TRUE(parts_.revoker->revoke_lease(root_, "auth/token/create/unknown").ok());
}

int64_t shown(std::string_view metric) { return base::counter(metric).value(); }

TEST_F(Sweep, HowLateItIsAndWhatRefusedIsShown) {
  const TokenEntry owner = create(minutes(1));
  secret_of(owner, "database/creds/app", minutes(1));
  const int64_t failures = shown("expire.revocation_failures");
  clock_.advance(minutes(3));
  swept();
  EXPECT_EQ(shown("expire.late_milliseconds"), 2 * 60 * 1000);
  EXPECT_EQ(shown("expire.revocation_failures"), failures + 1);
  swept();
  EXPECT_EQ(shown("expire.late_milliseconds"), 0) << "nothing waits to be ended";
}

TEST_F(Sweep, LeasesAreCountedPageByPageAndCountedAgainLater) {
  const TokenEntry owner = create(hours(1));
  for (int i = 0; i < 300; ++i) create(hours(1));
  secret_of(owner, "database/creds/app", minutes(1));
  LeaseCensus census(parts_.barrier, parts_.expiration);
  EXPECT_TRUE(*census.step()) << "one step is bounded";
  EXPECT_FALSE(*census.step());
  EXPECT_EQ(shown("expire.num_leases"), 302);
  EXPECT_EQ(shown("expire.num_irrevocable_leases"), 0);
  clock_.advance(minutes(5));
  swept();
  EXPECT_FALSE(*census.step());
  EXPECT_EQ(shown("expire.num_irrevocable_leases"), 0) << "not yet";
  clock_.advance(minutes(6));
  while (*census.step()) {
  }
  EXPECT_EQ(shown("expire.num_leases"), 302);
  EXPECT_EQ(shown("expire.num_irrevocable_leases"), 1);
}

// revoking went on after the step-down and crashed
TEST_F(Sweep, TheThreadStopsWhateverItIsDoing) {
  parts_.revoker->start();
  for (int i = 0; i < 20; ++i) create(minutes(1));
  parts_.revoker->stop();
  parts_.revoker->start();
  parts_.revoker->stop();
}

}  // namespace
}  // namespace bao::core
