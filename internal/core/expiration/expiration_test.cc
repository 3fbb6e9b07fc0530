// What leases owe to the data of OpenBao, and the rules of lifetimes with their texts.
#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
#include "internal/core/expiration/expiration.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Time;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));

Lease lease_of(std::string id, Time expiry) {
  Lease lease;
  lease.id = std::move(id);
  lease.client_token = "s.x";
  lease.path = "auth/token/create";
  lease.auth = codec::Json::object({{"renewable", true}});
  lease.issue_time = kNow;
  lease.expire_time = expiry;
  return lease;
}

class Leases : public testing::Test {
 protected:
  Leases() { barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow))); }

  void write(const std::function<base::Status(storage::WriteView&)>& body) {
    const auto done = barrier_.transact([&](barrier::Transaction& t) { return body(t); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  void file(const Lease& lease, std::optional<Time> previous = {}) {
    write([&](storage::WriteView& all) { return expiration_.put(all, root_, lease, previous); });
  }
  std::vector<std::string> ended(Time now) {
    const barrier::Reader all(barrier_);
    std::vector<std::string> ids;
    const auto rows = expiration_.ended(all, now, 100);
    EXPECT_TRUE(rows.ok());
    for (const auto& row : *rows) ids.emplace_back(lease_id_of_storage_key(row.key));
    return ids;
  }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  barrier::Barrier barrier_{*backend_};
  Expiration expiration_{clock_};
  const logical::Namespace& root_ = logical::root_namespace();
};

TEST(LeaseEntry, IsWrittenAsTheReferenceWritesIt) {
  const std::string stored =
      R"({"lease_id":"auth/token/create/h1","client_token":"s.a","token_type":0,"path":"auth/token/create","data":null,)"
      R"("secret":null,"auth":{"lease":3600000000000,"renewable":true},"issue_time":"2026-01-02T03:04:05.123456789Z",)"
      R"("expire_time":"0001-01-01T00:00:00Z","last_renewal_time":"0001-01-01T00:00:00Z","login_role":"","version":1,)"
      R"("revokeErr":"","of_tomorrow":1.50})";
  const auto lease = parse_lease(stored);
  ASSERT_TRUE(lease.ok()) << lease.error().message();
  EXPECT_EQ(lease->expire_time, base::kZeroTime);
  EXPECT_EQ(serialize_lease(*lease), stored);
}

TEST(LeaseEntry, DamageIsRefused) {
  EXPECT_FALSE(parse_lease("").ok());
  EXPECT_FALSE(parse_lease("[]").ok());
  EXPECT_FALSE(parse_lease(R"({"issue_time":"yesterday"})").ok());
}

TEST(LeaseEntry, OtherOffsetsAndMissingMembersAreRead) {
  const auto lease = parse_lease(R"({"lease_id":"a","expire_time":"2026-01-02T03:04:05+02:00"})");
  ASSERT_TRUE(lease.ok()) << lease.error().message();
  EXPECT_EQ(base::format_rfc3339(lease->expire_time), "2026-01-02T01:04:05Z");
  EXPECT_EQ(lease->version, 0);
}

TEST(LeaseEntry, SaysWhyItCannotBeRenewed) {
  Lease lease = lease_of("a", kNow + hours(1));
  EXPECT_EQ(lease.renewal_refusal(kNow), "");
  EXPECT_EQ(lease.renewal_refusal(kNow + hours(2)), "lease expired");
  EXPECT_EQ(lease.ttl_seconds(kNow), 3600);
  lease.auth.set("renewable", false);
  EXPECT_EQ(lease.renewal_refusal(kNow), "lease is not renewable");
  lease.revoke_error = "no such engine";
  EXPECT_EQ(lease.renewal_refusal(kNow), "lease is expired and has failed previous revocation attempts");
}

TEST_F(Leases, AreFoundByIdAndByExpiryAndMoveWhenRenewed) {
  file(lease_of("auth/token/create/h1", kNow + minutes(1)));
  file(lease_of("auth/token/create/h2", kNow + minutes(2)));
  file(lease_of("auth/token/create/root", base::kZeroTime));
  EXPECT_TRUE(ended(kNow).empty());
  EXPECT_EQ(ended(kNow + minutes(3)), (std::vector<std::string>{"auth/token/create/h1", "auth/token/create/h2"}));
  file(lease_of("auth/token/create/h1", kNow + minutes(9)), kNow + minutes(1));
  EXPECT_EQ(ended(kNow + minutes(3)), std::vector<std::string>{"auth/token/create/h2"});
  const barrier::Reader all(barrier_);
  EXPECT_EQ(**expiration_.next_expiry(all), kNow + minutes(2));
  const auto found = expiration_.get(all, root_, "auth/token/create/h1");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->expire_time, kNow + minutes(9));
}

TEST_F(Leases, RemovalTakesTheIndexRowAlong) {
  const Lease lease = lease_of("auth/token/create/h1", kNow);
  file(lease);
  write([&](storage::WriteView& all) { return expiration_.remove(all, root_, lease); });
  EXPECT_TRUE(ended(kNow + hours(1)).empty());
  const barrier::Reader all(barrier_);
  EXPECT_FALSE(*expiration_.get(all, root_, lease.id));
  EXPECT_FALSE(*expiration_.next_expiry(all));
}

TEST_F(Leases, BelowAPrefixComeInOrderAndBounded) {
  for (const char* id : {"a/x", "a/b/1", "a/b/2", "a.b/3", "c/4"}) file(lease_of(id, kNow));
  const barrier::Reader all(barrier_);
  EXPECT_EQ(*expiration_.below(all, root_, "", "", -1), (std::vector<std::string>{"a.b/3", "a/b/1", "a/b/2", "a/x", "c/4"}));
  EXPECT_EQ(*expiration_.below(all, root_, "a/", "", -1), (std::vector<std::string>{"a/b/1", "a/b/2", "a/x"}));
  EXPECT_EQ(*expiration_.below(all, root_, "a/", "", 2), (std::vector<std::string>{"a/b/1", "a/b/2"}));
  EXPECT_EQ(*expiration_.below(all, root_, "", "a/b/1", 2), (std::vector<std::string>{"a/b/2", "a/x"}));
  EXPECT_EQ(*expiration_.list(all, root_, "a/"), (std::vector<std::string>{"b/", "x"}));
}

TEST_F(Leases, AfterARestoreTheIndexIsRebuiltInSteps) {
  std::vector<std::string> want;
  for (const char* id : {"a/b/1", "a/b/2", "a/x", "c/4", "d"}) {
    write([&](storage::WriteView& all) { return all.put(lease_storage_key(root_, id), serialize_lease(lease_of(id, kNow))); });
    want.emplace_back(id);
  }
  EXPECT_TRUE(ended(kNow + seconds(1)).empty());
  std::string cursor;
  bool done = false;
  for (int steps = 0; !done && steps < 10; ++steps) {
    write([&](storage::WriteView& all) -> base::Status {
      std::string next = cursor;
      ASSIGN_OR_RETURN(const int64_t leases, expiration_.rebuild_step(all, next, 2));
      done = leases < 2;
      cursor = next;
      return {};
    });
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(ended(kNow + seconds(1)), want);
}

TtlInput mount_of(base::Duration standard, base::Duration max) {
  TtlInput in;
  in.mount_default_ttl = standard;
  in.mount_max_ttl = max;
  in.now = kNow;
  return in;
}

TEST(Ttl, IsTheMountsDefaultWithoutAWish) {
  EXPECT_EQ(calculate_ttl(mount_of(hours(1), hours(2)))->ttl, hours(1));
  TtlInput in = mount_of(hours(1), hours(2));
  in.backend_ttl = minutes(5);
  EXPECT_EQ(calculate_ttl(in)->ttl, minutes(5));
  in.increment = minutes(7);
  EXPECT_EQ(calculate_ttl(in)->ttl, minutes(7));
}

TEST(Ttl, IsCappedWithAWarning) {
  TtlInput in = mount_of(hours(768), hours(768));
  in.backend_ttl = hours(900);
  auto result = calculate_ttl(in);
  EXPECT_EQ(result->ttl, hours(768));
  EXPECT_EQ(result->warnings, std::vector<std::string>{
      R"(TTL of "900h" exceeded the effective max_ttl of "768h"; TTL value is capped accordingly)"});
  in.explicit_max_ttl = minutes(90);
  in.start = kNow - minutes(30);
  result = calculate_ttl(in);
  EXPECT_EQ(result->ttl, hours(1));
  EXPECT_EQ(result->warnings[0], R"(TTL of "900h" exceeded the effective max_ttl of "1h"; TTL value is capped accordingly)");
}

TEST(Ttl, OfAPeriodIgnoresAgeButNotTheExplicitMaximum) {
  TtlInput in = mount_of(hours(1), hours(10));
  in.period = hours(2);
  in.increment = hours(9);
  in.start = kNow - hours(100);
  EXPECT_EQ(calculate_ttl(in)->ttl, hours(2));
  in.explicit_max_ttl = hours(101);
  EXPECT_EQ(calculate_ttl(in)->ttl, hours(1));
  in.explicit_max_ttl = hours(0);
  in.period = hours(12);
  const auto result = calculate_ttl(in);
  EXPECT_EQ(result->ttl, hours(10));
  EXPECT_EQ(result->warnings[0], R"(period of "12h" exceeded the effective max_ttl of "10h"; period value is capped accordingly)");
}

TEST(Ttl, EndsAtTheMaximum) {
  TtlInput in = mount_of(hours(1), hours(2));
  in.start = kNow - hours(2);
  EXPECT_EQ(calculate_ttl(in).error().message(), "past the max TTL, cannot renew");
}

}  // namespace
}  // namespace bao::core
