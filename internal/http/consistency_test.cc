// The index that clients carry, and what they may ask a node that has not reached it.
#include "internal/http/consistency.h"

#include <gtest/gtest.h>

#include "internal/testing/fake_cluster.h"

namespace bao::http {
namespace {

using base::Index;

class ConsistencyTest : public ::testing::Test {
 protected:
  // Of a standby that has applied up to 10.
  Verdict with(std::vector<WireHeader> headers, bool active = false) {
    WireRequest wire;
    wire.headers = std::move(headers);
    return judge(wire, cluster, active);
  }
  std::string index(uint64_t number) const { return encode_index(*cluster.epoch(), Index{number}); }
  testing::FakeCluster cluster{"node1", 1};  // whose waits are over at once; what it has applied, its caches have heard of
};

TEST_F(ConsistencyTest, AnIndexIsOpaqueAndOfItsEpoch) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, uint64_t{300}, UINT64_MAX}) {
    EXPECT_EQ(decode_index("epoch", encode_index("epoch", Index{number})), Index{number});
    EXPECT_EQ(decode_index("another", encode_index("epoch", Index{number})), std::nullopt);
  }
  for (const char* text : {"", "AQ", "!!!", "AAAAAAAAAAAAAA"}) EXPECT_EQ(decode_index("epoch", text), std::nullopt) << text;
  EXPECT_EQ(decode_index("epoch", encode_index("epoch", Index{5}) + "AA"), std::nullopt);
}

TEST_F(ConsistencyTest, WithoutAWishTheIndexHasNoEffect) {
  EXPECT_EQ(with({}), Verdict::here);
  const std::string later = index(11);
  EXPECT_EQ(with({{"X-Vault-Index", later}}), Verdict::here);
}

TEST_F(ConsistencyTest, WhatIsReachedIsAnsweredHere) {
  const std::string reached = index(10), other = encode_index("another", Index{99});
  for (const char* wish : {"fail", "forward-active-node", "await-state"}) {
    EXPECT_EQ(with({{"X-Vault-Index", reached}, {"X-Vault-Inconsistent", wish}}), Verdict::here) << wish;
    EXPECT_EQ(with({{"X-Vault-Index", other}, {"X-Vault-Inconsistent", wish}}), Verdict::here) << wish;
    EXPECT_EQ(with({{"X-Vault-Index", "nonsense"}, {"X-Vault-Inconsistent", wish}}), Verdict::here) << wish;
  }
}

TEST_F(ConsistencyTest, ANodeThatIsBehindDoesAsTheClientSays) {
  const std::string later = index(11), reached = index(3);
  EXPECT_EQ(with({{"X-Vault-Index", later}, {"X-Vault-Inconsistent", "fail"}}), Verdict::behind);
  EXPECT_EQ(with({{"x-vault-index", reached}, {"X-Vault-Index", later}, {"x-vault-inconsistent", "fail"}}), Verdict::behind);
  EXPECT_EQ(with({{"X-Vault-Index", later}, {"X-Vault-Inconsistent", "forward-active-node"}}), Verdict::active);
  EXPECT_EQ(with({{"X-Vault-Index", later}, {"X-Vault-Inconsistent", "forward-active-node"}}, /*active=*/true), Verdict::behind);
  EXPECT_EQ(with({{"X-Vault-Index", later}, {"X-Vault-Inconsistent", "await-state"}}), Verdict::here);
  EXPECT_EQ(with({{"X-Vault-Index", later}, {"X-Vault-Inconsistent", "no-such-wish"}}), Verdict::here);
}

TEST_F(ConsistencyTest, TheActiveNodeAndTheNewestStateCanBeAskedFor) {
  EXPECT_EQ(with({{"X-Vault-Forward", "active-node"}}), Verdict::active);
  EXPECT_EQ(with({{"X-Vault-Forward", "active-node"}}, /*active=*/true), Verdict::here);
  EXPECT_EQ(with({{"X-Vault-Inconsistent", "require-linearizable"}}), Verdict::here);
}

}  // namespace
}  // namespace bao::http
