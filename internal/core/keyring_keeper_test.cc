// The keyring while the node is unsealed: counted, rotated, and kept through a restart.
#include "internal/core/keyring_keeper.h"

#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/core/seal_storage.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

class KeyringKeeperTest : public ::testing::Test {
 protected:
  KeyringKeeperTest() {
    InitRequest request;
    request.secret_shares = request.secret_threshold = 1;
    auto init = parts_->life_cycle->initialize(request);
    EXPECT_TRUE(init.ok()) << init.error().message();
    share_ = codec::to_hex(init->shares.front().reveal());
    unseal();
  }
  void unseal() {
    const auto status = parts_->life_cycle->unseal(share_, Core::Migrate::no);
    ASSERT_TRUE(status.ok()) << status.error().message();
  }
  void restart() {
    parts_.reset();
    parts_ = std::make_unique<Core::Parts>(*backend_, options(), clock_);
    unseal();
  }
  static CoreOptions options() {
    CoreOptions made;
    made.strict = true;
    return made;
  }
  KeyStatus status() { return *parts_->life_cycle->key_status(); }
  void write_some(int count) {
    for (int i = 0; i < count; ++i) {
      const auto done =
          parts_->barrier.transact([&](barrier::Transaction& all) { return all.put("sys/config/x", std::to_string(i)); });
      ASSERT_TRUE(done.ok());
    }
  }

  base::FakeClock clock_{base::Time(std::chrono::hours(24 * 365 * 56))};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  std::unique_ptr<Core::Parts> parts_ = std::make_unique<Core::Parts>(*backend_, options(), clock_);
  std::string share_;
};

TEST_F(KeyringKeeperTest, EncryptionsAreCountedAcrossARestart) {
  write_some(10);
  const uint64_t counted = status().encryptions;
  EXPECT_GE(counted, 10u);
  ASSERT_TRUE(parts_->life_cycle->keep_keyring().ok());
  EXPECT_GE(status().encryptions, counted);
  restart();
  EXPECT_GE(status().encryptions, counted);
}

TEST_F(KeyringKeeperTest, RotationAddsATermAndOldValuesStayReadable) {
  write_some(1);
  ASSERT_TRUE(parts_->life_cycle->rotate_keyring().ok());
  EXPECT_EQ(status().term, 2u);
  EXPECT_EQ(**barrier::Reader(parts_->barrier).get("sys/config/x"), "0");
  EXPECT_TRUE(barrier::Reader(parts_->barrier).get("core/upgrade/1")->has_value());
  restart();
  EXPECT_EQ(status().term, 2u);
  EXPECT_EQ(**barrier::Reader(parts_->barrier).get("sys/config/x"), "0");
}

TEST_F(KeyringKeeperTest, UpgradeEntriesGoAfterTheirGrace) {
  ASSERT_TRUE(parts_->life_cycle->rotate_keyring().ok());
  ASSERT_TRUE(parts_->life_cycle->keep_keyring().ok());
  EXPECT_TRUE(barrier::Reader(parts_->barrier).get("core/upgrade/1")->has_value());
  clock_.advance(std::chrono::minutes(3));
  ASSERT_TRUE(parts_->life_cycle->keep_keyring().ok());
  EXPECT_FALSE(barrier::Reader(parts_->barrier).get("core/upgrade/1")->has_value());
}

TEST_F(KeyringKeeperTest, AnOldTermIsReplacedByItself) {
  clock_.advance(std::chrono::hours(24 * 366));
  ASSERT_TRUE(parts_->life_cycle->keep_keyring().ok());
  EXPECT_EQ(status().term, 2u);
}

TEST_F(KeyringKeeperTest, NothingIsKeptWhileSealed) {
  ASSERT_TRUE(parts_->life_cycle->seal().ok());
  EXPECT_TRUE(parts_->life_cycle->keep_keyring().ok());
  EXPECT_TRUE(parts_->barrier.sealed());
  EXPECT_EQ(parts_->life_cycle->rotate_keyring().error().code(), base::Code::sealed);
}

TEST_F(KeyringKeeperTest, AStaleRootKeyIsWrittenAnew) {
  const auto done = parts_->barrier.transact([](barrier::Transaction& all) { return all.put(kRootKeyKey, "{}"); });
  ASSERT_TRUE(done.ok());
  restart();
  const auto stored = barrier::Reader(parts_->barrier).get(kRootKeyKey);
  EXPECT_NE((*stored)->find("\"Value\""), std::string::npos);
}

}  // namespace
}  // namespace bao::core
