// Init, unseal, seal and restart as operators see them (openbao-api.md 2.1).
#include <gtest/gtest.h>

#include <thread>

#include "internal/barrier/seal/seal.h"
#include "internal/codec/encoding.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using State = TestCore::State;

std::string refusal(const auto& result) { return result.ok() ? "accepted" : result.error().message(); }

core::InitRequest shamir(int64_t shares, int64_t threshold) {
  core::InitRequest request;
  request.secret_shares = shares;
  request.secret_threshold = threshold;
  return request;
}

core::CoreOptions static_seal(char key = 'k') {
  core::CoreOptions options;
  options.auto_seal = seal::static_wrapper({"key-1", base::SecretBytes(std::string(32, key))}, {});
  return options;
}

std::string hex(const base::SecretBytes& share) { return codec::to_hex(share.reveal()); }

TEST(LifeCycle, AnEmptyNodeSaysSo) {
  TestCore node(State::empty);
  EXPECT_FALSE(*node.core().initialized());
  const auto status = *node.core().seal_status();
  EXPECT_TRUE(status.sealed);
  EXPECT_EQ(status.type, "shamir");
  EXPECT_EQ(status.threshold, 0);
  EXPECT_EQ(status.storage_type, "inmem");
  const auto health = *node.core().health();
  EXPECT_TRUE(health.standby);
  EXPECT_EQ(health.performance_mode, "unknown");
  EXPECT_EQ(TestCore::text_of(node.read("sys/mounts")), "sealed: Vault is sealed");
  EXPECT_EQ(refusal(node.core().unseal(std::string(64, 'a'))), "Vault is not initialized");
  EXPECT_TRUE(node.core().seal().ok());
}

TEST(LifeCycle, SharesAndThresholdsFollowTheRules) {
  TestCore node(State::empty);
  const auto refused = [&](const core::InitRequest& request) { return refusal(node.core().initialize(request)); };
  EXPECT_EQ(refused({}), "invalid seal configuration: shares must be at least one");
  EXPECT_EQ(refused(shamir(2, 3)), "invalid seal configuration: threshold cannot be larger than shares");
  EXPECT_EQ(refused(shamir(3, 1)), "invalid seal configuration: threshold must be greater than one for multiple shares");
  EXPECT_EQ(refused(shamir(300, 2)), "invalid seal configuration: shares must be less than 256");
  auto both = shamir(1, 1);
  both.recovery_shares = both.recovery_threshold = 1;
  EXPECT_EQ(refused(both), "parameters recovery_shares,recovery_threshold not applicable to seal type shamir");
  EXPECT_FALSE(*node.core().initialized());
}

TEST(LifeCycle, SharesUnsealWithProgressAndNonce) {
  TestCore node(State::empty);
  auto init = node.core().initialize(shamir(3, 2));
  ASSERT_TRUE(init.ok()) << init.error().message();
  ASSERT_EQ(init->shares.size(), 3u);
  EXPECT_EQ(refusal(node.core().initialize(shamir(1, 1))), "Vault is already initialized");
  EXPECT_TRUE(node.core().seal_status()->sealed);

  auto status = *node.core().unseal(hex(init->shares[0]));
  EXPECT_EQ(status.progress, 1);
  EXPECT_FALSE(status.nonce.empty());
  EXPECT_EQ(node.core().unseal(hex(init->shares[0]))->progress, 1);  // the same one again
  EXPECT_EQ(node.core().reset_unseal()->progress, 0);
  EXPECT_EQ(node.core().unseal(codec::to_base64(init->shares[1].reveal()))->progress, 1);
  status = *node.core().unseal(hex(init->shares[2]));
  EXPECT_FALSE(status.sealed);
  EXPECT_EQ(status.progress, 0);
  EXPECT_TRUE(status.cluster_name.starts_with("vault-cluster-"));
  EXPECT_EQ(refusal(node.core().reset_unseal()), "vault is unsealed");
  EXPECT_EQ(refusal(node.core().unseal("abc")), "'key' must be a valid hex or base64 string");
  EXPECT_TRUE(node.core().unseal(hex(init->shares[0])).ok());
  EXPECT_TRUE(node.read("auth/token/lookup-self", init->root_token).ok());
}

TEST(LifeCycle, WrongSharesStartOver) {
  TestCore node(State::empty), other(State::empty);
  const auto init = node.core().initialize(shamir(3, 2));
  const auto foreign = other.core().initialize(shamir(3, 2));
  ASSERT_TRUE(init.ok() && foreign.ok());
  EXPECT_EQ(refusal(node.core().unseal("00")), "'key' must be a valid hex or base64 string");
  EXPECT_EQ(refusal(node.core().unseal("abcd")), "invalid key: key is shorter than minimum 16 bytes");
  EXPECT_EQ(refusal(node.core().unseal(std::string(128, 'a'))), "invalid key: key is longer than maximum 33 bytes");
  ASSERT_TRUE(node.core().unseal(hex(init->shares[0])).ok());
  // A share of another node, whose coordinate may be taken: refused either way, and the progress is gone.
  const auto mixed = node.core().unseal(hex(foreign->shares[1]));
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code(), base::Code::invalid);
  EXPECT_EQ(node.core().seal_status()->progress, 0);
  ASSERT_TRUE(node.core().unseal(hex(init->shares[0])).ok());
  EXPECT_FALSE(node.core().unseal(hex(init->shares[1]))->sealed);
}

TEST(LifeCycle, SealingAndUnsealingKeepsEverything) {
  TestCore node;
  ASSERT_TRUE(node.write("sys/mounts/kv", R"({"type":"kv"})").ok());
  ASSERT_TRUE(node.write("kv/a", R"({"x":1})").ok());
  const std::string token = node.create_token(R"({"policies":["default"]})");
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_EQ(TestCore::text_of(node.read("kv/a")), "sealed: Vault is sealed");
  EXPECT_FALSE(node.core().seal_status()->nonce.size());
  node.unseal();
  EXPECT_TRUE(node.read("kv/a").ok());
  node.restart();
  EXPECT_TRUE(node.core().seal_status()->sealed);
  node.unseal();
  EXPECT_TRUE(node.read("kv/a").ok());
  EXPECT_TRUE(node.read("auth/token/lookup-self", token).ok());
}

TEST(LifeCycle, AnAutoSealOpensAtInitAndAtStart) {
  TestCore node(State::empty, static_seal());
  EXPECT_EQ(refusal(node.core().initialize(shamir(1, 1))),
            "parameters secret_shares,secret_threshold not applicable to seal type static");
  core::InitRequest request;
  request.recovery_shares = 3;
  request.recovery_threshold = 2;
  const auto init = node.core().initialize(request);
  ASSERT_TRUE(init.ok()) << init.error().message();
  EXPECT_EQ(init->recovery_shares.size(), 3u);
  EXPECT_TRUE(init->shares.empty());
  auto status = *node.core().seal_status();
  EXPECT_FALSE(status.sealed);
  EXPECT_TRUE(status.recovery_seal);
  EXPECT_EQ(status.threshold, 2);
  EXPECT_TRUE(node.read("sys/mounts", init->root_token).ok());

  node.restart(static_seal());
  EXPECT_FALSE(node.core().seal_status()->sealed);
  // Sealed by hand, recovery shares open it again; shares that fit together but not here do not.
  ASSERT_TRUE(node.core().seal().ok());
  ASSERT_TRUE(node.core().unseal(hex(init->recovery_shares[0])).ok());
  EXPECT_FALSE(node.core().unseal(hex(init->recovery_shares[2]))->sealed);
}

TEST(LifeCycle, AWrongStaticKeyIsRefusedAtStart) {
  TestCore node(State::empty, static_seal('a'));
  ASSERT_TRUE(node.core().initialize({}).ok());
  core::Core other(node.backend(), static_seal('b'), node.clock());
  EXPECT_EQ(other.start().error().code(), base::Code::invalid);
}

TEST(LifeCycle, ADevelopmentServersRootTokenIsTheOneGiven) {
  TestCore node(State::empty);
  auto request = shamir(1, 1);
  request.root_token_id = "root";
  const auto init = node.core().initialize(request);
  ASSERT_TRUE(init.ok()) << init.error().message();
  EXPECT_EQ(init->root_token, "root");
  ASSERT_TRUE(node.core().unseal(hex(init->shares[0])).ok());
  EXPECT_TRUE(node.read("sys/mounts", "root").ok());
  ASSERT_TRUE(node.write("cubbyhole/mine", R"({"x":1})", "root").ok());
  EXPECT_TRUE(node.read("cubbyhole/mine", "root").ok());
}

TEST(LifeCycle, TwoUnsealsAtOnceAreOne) {
  TestCore node(State::sealed);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto status = node.core().unseal(node.share());
      ASSERT_TRUE(status.ok());
      EXPECT_FALSE(status->sealed);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(node.read("sys/mounts").ok());
}

// R-40: races at the end of a standby
TEST(LifeCycle, SealingWhileRequestsRunEndsThemCleanly) {
  TestCore node;
  ASSERT_TRUE(node.write("sys/mounts/kv", R"({"type":"kv"})").ok());
  ASSERT_TRUE(node.write("kv/a", R"({"x":1})").ok());
  std::atomic<bool> stop{false};
  std::atomic<int> odd{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      while (!stop) {
        const auto reply = i % 2 == 0 ? node.read("kv/a") : node.write("kv/b" + std::to_string(i), R"({"y":2})");
        if (!reply.ok() && reply.error().code() != base::Code::sealed) ++odd;
      }
    });
  }
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(node.core().seal().ok());
    node.unseal();
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(odd, 0);
  EXPECT_TRUE(node.read("kv/a").ok());
}

}  // namespace
}  // namespace bao::testing
