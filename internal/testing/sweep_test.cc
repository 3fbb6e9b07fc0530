// What time ends, by a whole core: tokens with their children and cubbyholes, spent tokens, and leases whose engine isn't here.
#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
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

TEST_F(Sweep, ALeaseOfAnEngineThatIsNotHereStaysAndHoldsUpNothing) {
  const TokenEntry owner = create(minutes(5));
  std::string lease_id;
  write([&](storage::WriteView& all) -> Status {
    logical::Request request;
    request.path = "database/creds/app";
    logical::Response response = logical::Response::of(codec::Json::object());
    response.lease = logical::SecretLease{};
    TRY(parts_.tokens.file_secret_lease(all, root_, owner, request, minutes(1), response));
    lease_id = response.lease_id;
    return {};
  });
  clock_.advance(minutes(6));
  EXPECT_EQ(swept(), 1u) << "the token";
  EXPECT_EQ(parts_.revoker->irrevocable().count(lease_id), 1u);
  EXPECT_EQ(next(), clock_.now() + hours(1)) << "it is asked for again";
  EXPECT_FALSE(parts_.revoker->revoke_prefix(root_, "database", false).ok());
  ASSERT_TRUE(parts_.revoker->revoke_prefix(root_, "database", true).ok());
  EXPECT_FALSE(*parts_.expiration.get(barrier::Reader(parts_.barrier), root_, lease_id));
  EXPECT_TRUE(parts_.revoker->irrevocable().empty());
}

TEST_F(Sweep, WhatIsQueuedEndsAtOnceAndAPrefixEndsWithItsTokens) {
  const TokenEntry a = create(hours(1)), b = create(hours(1));
  const std::string lease = *parts_.tokens.lease_id_of(barrier::Reader(parts_.barrier), a);
  ASSERT_TRUE(parts_.revoker->queue(root_, lease).ok());
  EXPECT_EQ(swept(), 1u);
  EXPECT_FALSE(exists(a.id));
  ASSERT_TRUE(parts_.revoker->revoke_prefix(root_, "auth/token/create", false).ok());
  EXPECT_FALSE(exists(b.id));
  EXPECT_TRUE(parts_.revoker->revoke_lease(root_, "auth/token/create/unknown").ok());
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
