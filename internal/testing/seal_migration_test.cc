// Moving the root key to another kind of seal: the shares stay what they are, everything else goes on.
#include <gtest/gtest.h>

#include <thread>

#include "internal/barrier/seal/seal.h"
#include "internal/codec/encoding.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using Migrate = core::Core::Migrate;

std::unique_ptr<seal::Wrapper> key(char name) {
  return seal::static_wrapper({std::string(1, name), base::SecretBytes(std::string(32, name))}, {});
}
core::CoreOptions sealed_by(std::unique_ptr<seal::Wrapper> present, std::unique_ptr<seal::Wrapper> former = nullptr) {
  core::CoreOptions options;
  options.auto_seal = std::move(present);
  options.former_seal = std::move(former);
  return options;
}
std::string refusal(const base::Result<core::SealStatus>& status) { return status.ok() ? "accepted" : status.error().message(); }

// Behind a static seal; the share is its recovery key's.
std::string initialize_static(TestCore& node, std::string& root_token) {
  core::InitRequest request;
  request.recovery_shares = request.recovery_threshold = 1;
  const auto made = node.core().initialize(request);
  if (!made.ok()) return made.error().message();
  root_token = made->root_token;
  return codec::to_hex(made->recovery_shares.front().reveal());
}

TEST(SealMigration, FromShamirToAKey) {
  TestCore node;
  ASSERT_TRUE(node.write("cubbyhole/a", R"({"x":1})").ok());
  node.restart(sealed_by(key('a')));
  const auto waiting = node.core().seal_status();
  EXPECT_TRUE(waiting->sealed && waiting->migration);
  EXPECT_EQ(waiting->type, "static");
  EXPECT_EQ(refusal(node.core().unseal(node.share())), "migrate option not provided and seal migration is pending");
  EXPECT_FALSE(node.core().unseal(std::string(64, '1'), Migrate::yes).ok()) << "not a share of this node";
  const auto moved = node.core().unseal(node.share(), Migrate::yes);
  ASSERT_TRUE(moved.ok()) << moved.error().message();
  EXPECT_FALSE(moved->sealed || moved->migration);
  EXPECT_TRUE(node.read("cubbyhole/a").ok());

  node.restart(sealed_by(key('a')));
  EXPECT_FALSE(node.core().seal_status()->sealed) << "it opens itself";
  EXPECT_TRUE(node.read("cubbyhole/a").ok());
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_EQ(refusal(node.core().unseal(node.share(), Migrate::yes)), "can't perform a seal migration, no migration seal found");
  EXPECT_FALSE(node.core().unseal(node.share())->sealed) << "the share is one of the recovery key";
  core::Core shamir(node.backend(), {}, node.clock());
  EXPECT_EQ(shamir.start().error().message(), "cannot seal migrate from \"static\" to Shamir, no disabled seal in configuration");
}

TEST(SealMigration, FromAKeyToShamir) {
  TestCore node(TestCore::State::empty, sealed_by(key('a')));
  std::string token;
  const std::string share = initialize_static(node, token);
  node.restart(sealed_by(nullptr, key('a')));
  const auto waiting = node.core().seal_status();
  EXPECT_TRUE(waiting->sealed && waiting->migration);
  EXPECT_EQ(waiting->threshold, 1);
  EXPECT_FALSE(node.core().unseal(std::string(64, '1'), Migrate::yes).ok());
  ASSERT_EQ(refusal(node.core().unseal(share, Migrate::yes)), "accepted");
  EXPECT_TRUE(node.read("sys/mounts", token).ok());

  node.restart();
  EXPECT_TRUE(node.core().seal_status()->sealed);
  EXPECT_FALSE(node.core().unseal(share)->sealed);
  EXPECT_TRUE(node.read("sys/mounts", token).ok());
  EXPECT_TRUE(node.write("sys/rotate/root", "{}", token).ok()) << "what stands beside the key is there, too";
}

TEST(SealMigration, FromOneKeyToAnother) {
  TestCore node(TestCore::State::empty, sealed_by(key('a')));
  std::string token;
  const std::string share = initialize_static(node, token);
  node.restart(sealed_by(key('b'), key('a')));
  EXPECT_TRUE(node.core().seal_status()->migration);
  ASSERT_EQ(refusal(node.core().unseal(share, Migrate::yes)), "accepted");
  node.restart(sealed_by(key('b')));
  EXPECT_FALSE(node.core().seal_status()->sealed);
  EXPECT_TRUE(node.read("sys/mounts", token).ok());
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_FALSE(node.core().unseal(share)->sealed);
}

// A standby that was configured anew waits for its turn: until then the storage is sealed as before.
TEST(SealMigration, HappensWhenTheNodeIsActive) {
  FakeCluster cluster("node1", 1);
  core::CoreOptions before, after = sealed_by(key('a'));
  before.cluster = after.cluster = &cluster;
  TestCore node(TestCore::State::unsealed, std::move(before));
  ASSERT_TRUE(cluster.hand_over().ok());
  while (node.core().active()) std::this_thread::yield();
  node.restart(std::move(after));
  const auto waiting = node.core().unseal(node.share(), Migrate::yes);
  ASSERT_TRUE(waiting.ok()) << waiting.error().message();
  EXPECT_FALSE(waiting->sealed);
  EXPECT_TRUE(waiting->migration) << "as a standby";
  cluster.lead();
  while (!node.core().active()) std::this_thread::yield();
  EXPECT_FALSE(node.core().seal_status()->migration);
  EXPECT_TRUE(node.read("sys/mounts").ok());
}

}  // namespace
}  // namespace bao::testing
