// What operators began together on one active node is over when it is active no more: its shares don't stay in a standby's memory, and
// nobody goes on with it when that node leads again.
#include <gtest/gtest.h>

#include <thread>

#include "internal/codec/json.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

core::CoreOptions options_with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  return options;
}

class CeremoniesTest : public ::testing::Test {
 protected:
  void deposed_and_active_again() {
    ASSERT_TRUE(cluster.hand_over().ok());
    while (node.core().active()) std::this_thread::yield();
    cluster.lead();
    while (!node.core().active()) std::this_thread::yield();
  }
  std::string field(std::string_view path, std::string_view name) {
    const auto answer = node.read(path);
    return answer.ok() && answer->data ? codec::write_json((*answer->data)[name]) : TestCore::text_of(answer);
  }

  FakeCluster cluster{"node1", 1};
  TestCore node{TestCore::State::unsealed, options_with(cluster)};
};

TEST_F(CeremoniesTest, AnAttemptAtARootTokenIsOver) {
  ASSERT_TRUE(node.write("sys/generate-root-token/attempt").ok());
  EXPECT_EQ(field("sys/generate-root-token/attempt", "started"), "true");
  deposed_and_active_again();
  EXPECT_EQ(field("sys/generate-root-token/attempt", "started"), "false");
  EXPECT_TRUE(node.write("sys/generate-root-token/attempt").ok()) << "another may begin";
}

TEST_F(CeremoniesTest, ARotationOfTheKeysIsOverWithItsVerification) {
  ASSERT_TRUE(node.write("sys/rotate/root/init", R"({"secret_shares":1,"secret_threshold":1,"require_verification":true})").ok());
  const std::string nonce = (*node.read("sys/rotate/root/init")->data)["nonce"].as_string();
  ASSERT_TRUE(node.write("sys/rotate/root/update", R"({"nonce":")" + nonce + R"(","key":")" + node.share() + R"("})").ok());
  EXPECT_EQ(field("sys/rotate/root/verify", "started"), "true");
  deposed_and_active_again();
  EXPECT_EQ(field("sys/rotate/root/init", "started"), "false");
  EXPECT_NE(field("sys/rotate/root/verify", "started"), "true");
}

TEST_F(CeremoniesTest, ARekeyIsOver) {
  ASSERT_TRUE(node.write("sys/rekey/init", R"({"secret_shares":1,"secret_threshold":1})", TestCore::kNoToken).ok());
  deposed_and_active_again();
  const auto status = node.read("sys/rekey/init", TestCore::kNoToken);
  ASSERT_TRUE(status.ok() && status->raw);
  EXPECT_NE(status->raw->body.find("\"started\":false"), std::string::npos) << status->raw->body;
}

}  // namespace
}  // namespace bao::testing
