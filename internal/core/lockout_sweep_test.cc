// Lockouts that are over are forgotten, whether or not the user comes back; those in force stay.
#include "internal/core/lockout_sweep.h"

#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/core/life_cycle.h"
#include "internal/core/lockout.h"
#include "internal/core/request_handler.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using std::chrono::minutes;

class LockoutSweep : public ::testing::Test {
 protected:
  LockoutSweep() {
    InitRequest request;
    request.secret_shares = request.secret_threshold = 1;
    auto init = parts.life_cycle->initialize(request);
    EXPECT_TRUE(init.ok()) << init.error().message();
    EXPECT_TRUE(parts.life_cycle->unseal(codec::to_hex(init->shares.front().reveal()), Core::Migrate::no).ok());
    logical::Request mounting;
    mounting.operation = logical::Operation::update;
    mounting.path = "sys/auth/userpass";
    mounting.client_token = std::string(init->root_token);
    mounting.data = *codec::parse_json(R"({"type":"userpass"})");
    EXPECT_TRUE(parts.handler->handle(std::move(mounting), {}, nullptr).ok());
    for (const auto& mount : parts.mounts->router()->mounts()) {
      if (mount->entry.type == "userpass") accessor = mount->entry.accessor;
    }
  }
  void put(std::string_view of, std::string_view alias, const std::string& entry) {
    const auto done = parts.barrier.transact([&](barrier::Transaction& all) { return all.put(locked_user_key(of, alias), entry); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  void lock(std::string_view of, std::string_view alias) { put(of, alias, lock_entry(clock.now())); }
  bool locked(std::string_view of, std::string_view alias) {
    return barrier::Reader(parts.barrier).get(locked_user_key(of, alias))->has_value();
  }
  int64_t sweep() {
    const auto swept = sweep_lockouts(parts);
    EXPECT_TRUE(swept.ok()) << swept.error().message();
    return swept.ok() ? *swept : -1;
  }

  base::FakeClock clock{base::Time(std::chrono::hours(24 * 365 * 56))};
  std::unique_ptr<storage::Backend> backend = storage::inmem::open();
  Core::Parts parts{*backend, CoreOptions{}, clock};
  std::string accessor;
};

TEST_F(LockoutSweep, RemovesWhatIsOverAndKeepsWhatIsNot) {
  lock(accessor, "ann");
  lock(accessor, "a/name/with/slashes");
  clock.advance(minutes(10));
  lock(accessor, "bob");
  EXPECT_EQ(sweep(), 3);
  clock.advance(minutes(5));
  EXPECT_EQ(sweep(), 1);
  EXPECT_FALSE(locked(accessor, "ann"));
  EXPECT_FALSE(locked(accessor, "a/name/with/slashes"));
  EXPECT_TRUE(locked(accessor, "bob"));
}

TEST_F(LockoutSweep, RemovesTheLocksOfAMountThatIsGone) {
  lock("auth_userpass_gone", "ann");
  EXPECT_EQ(sweep(), 0);
  EXPECT_FALSE(locked("auth_userpass_gone", "ann"));
}

TEST_F(LockoutSweep, GoesOnBehindALockThatCannotBeRead) {
  put(accessor, "ann", "no time");
  lock(accessor, "bob");
  clock.advance(minutes(15));
  EXPECT_EQ(sweep(), 1);
  EXPECT_TRUE(locked(accessor, "ann"));
  EXPECT_FALSE(locked(accessor, "bob"));
}

TEST_F(LockoutSweep, TakesAnyNumber) {
  const auto done = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    for (int i = 0; i < 1'200; ++i) TRY(all.put(locked_user_key(accessor, "user" + std::to_string(i)), lock_entry(clock.now())));
    return {};
  });
  ASSERT_TRUE(done.ok()) << done.error().message();
  EXPECT_EQ(sweep(), 1'200);
  clock.advance(minutes(15));
  EXPECT_EQ(sweep(), 0);
}

TEST_F(LockoutSweep, ForgetsFailuresThatWouldNotBeCountedWithAnother) {
  FailedLogins& failed = parts.handler->failed_logins();
  EXPECT_FALSE(failed.count({}, accessor, "ann", clock.now()));
  clock.advance(minutes(10));
  EXPECT_FALSE(failed.count({}, accessor, "bob", clock.now()));
  sweep();
  EXPECT_EQ(failed.users(), 2u);
  clock.advance(minutes(6));
  sweep();
  EXPECT_EQ(failed.users(), 1u);
}

TEST_F(LockoutSweep, ANodeThatIsActiveNoMoreCountsNothing) {
  FailedLogins& failed = parts.handler->failed_logins();
  EXPECT_FALSE(failed.count({}, accessor, "ann", clock.now()));
  ASSERT_TRUE(parts.life_cycle->seal().ok());
  EXPECT_EQ(failed.users(), 0u);
}

}  // namespace
}  // namespace bao::core
