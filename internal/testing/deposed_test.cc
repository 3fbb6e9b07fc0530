// A leader that was deposed and doesn't know yet (it stood still, its network was cut): what it says without the log's help is of
// the past. So it asks first, whoever leads, and says nothing when it cannot.
#include <gtest/gtest.h>

#include <atomic>

#include "internal/logical/path_pattern.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

// An engine that refuses every write to "x", and counts them.
class Refusing final : public logical::Backend {
 public:
  explicit Refusing(std::atomic<int>& runs) {
    logical::Path path;
    path.pattern = "x";
    path.handlers = {{logical::Operation::update, logical::Writes{[&runs](const logical::Call&, storage::WriteView&) -> logical::Reply {
                        ++runs;
                        return base::invalid("refused");
                      }}}};
    set_paths({std::move(path)});
  }
};

core::CoreOptions options_with(core::Cluster& cluster, std::atomic<int>& runs) {
  core::CoreOptions options;
  options.cluster = &cluster;
  options.more_secret_types["refusing"] = [&runs](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<Refusing>(runs));
  };
  return options;
}

class Deposed : public ::testing::Test {
 protected:
  Deposed() {
    EXPECT_TRUE(node_.write("sys/mounts/kv", R"({"type":"kv","options":{"version":"2"}})").ok());
    EXPECT_TRUE(node_.write("sys/mounts/refusing", R"({"type":"refusing"})").ok());
  }
  ~Deposed() override { cluster_.when_confirming(nullptr); }

  // What the real leader did, and this node hears of when it asks.
  void meanwhile(std::function<void()> elsewhere) {
    cluster_.when_confirming([this, elsewhere = std::move(elsewhere)]() -> base::Status {
      cluster_.when_confirming(nullptr);
      cluster_.next_term();
      has_heard_ = true;
      elsewhere();
      return {};
    });
  }
  void nobody_answers() {
    cluster_.when_confirming([] { return base::Status(base::Error(base::Code::unavailable, "nobody leads")); });
  }
  void make_token(const std::string& id) { (void)node_.create_token(R"({"id":")" + id + R"("})"); }
  static base::Code code_of(const logical::Reply& reply) { return reply.ok() ? base::Code::internal : reply.error().code(); }

  static constexpr char kSecond[] = R"({"options":{"cas":1},"data":{"a":"2"}})";
  bool has_heard_ = false;
  std::atomic<int> runs_{0};
  FakeCluster cluster_{"node1", 1};
  TestCore node_{TestCore::State::unsealed, options_with(cluster_, runs_)};
};

TEST_F(Deposed, ACheckAndSetMeetsWhatWasWrittenElsewhere) {
  meanwhile([this] { ASSERT_TRUE(node_.write("kv/data/x", R"({"data":{"a":"1"}})").ok()); });
  const auto second = node_.write("kv/data/x", kSecond);
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_NE(TestCore::text_of(second).find(R"("version":2)"), std::string::npos) << TestCore::text_of(second);
}

// It leads all the time, but another node applied first what both had agreed on, and somebody saw it there.
TEST_F(Deposed, ALeaderWhoseOwnDiskIsTheSlowerOneLooksAgainBeforeItRefuses) {
  cluster_.when_confirming([this]() -> base::Status {
    cluster_.when_confirming(nullptr);
    EXPECT_TRUE(node_.write("kv/data/x", R"({"data":{"a":"1"}})").ok());
    cluster_.agree_up_to(node_.core().applied());
    return {};
  });
  const auto second = node_.write("kv/data/x", kSecond);
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_NE(TestCore::text_of(second).find(R"("version":2)"), std::string::npos) << TestCore::text_of(second);
}

TEST_F(Deposed, ATokenThatItHasNotHeardOfIsRevoked) {
  meanwhile([this] { make_token("made-elsewhere"); });
  ASSERT_TRUE(node_.write("auth/token/revoke", R"({"token":"made-elsewhere"})").ok());
  EXPECT_TRUE(has_heard_) << "it was told to be revoked, and nobody looked whether it is there";
  EXPECT_EQ(code_of(node_.read("auth/token/lookup-self", "made-elsewhere")), base::Code::denied);
}

TEST_F(Deposed, ATokenThatItHasNotHeardOfIsLetIn) {
  meanwhile([this] { make_token("made-elsewhere"); });
  EXPECT_TRUE(node_.read("auth/token/lookup-self", "made-elsewhere").ok());
}

TEST_F(Deposed, WithoutAnAnswerNothingIsRefusedAndNothingIsDone) {
  nobody_answers();
  EXPECT_EQ(code_of(node_.read("auth/token/lookup-self", "made-elsewhere")), base::Code::unavailable);
  EXPECT_EQ(code_of(node_.write("kv/data/x", kSecond)), base::Code::needs_active);
  EXPECT_EQ(code_of(node_.write("auth/token/revoke", R"({"token":"made-elsewhere"})")), base::Code::needs_active);
}

TEST_F(Deposed, WhatALeaderRefusesWasRefusedOnceItIsConfirmed) {
  int asked = 0;
  cluster_.when_confirming([&asked] {
    ++asked;
    return base::Status();
  });
  EXPECT_EQ(code_of(node_.write("refusing/x")), base::Code::invalid);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(runs_, 1);
  meanwhile([] {});
  EXPECT_EQ(code_of(node_.write("refusing/x")), base::Code::invalid);
  EXPECT_EQ(runs_, 3) << "it was deposed in between";
}

TEST_F(Deposed, WhatTheLogAgreesToNeedsNoQuestion) {
  nobody_answers();
  EXPECT_TRUE(node_.write("kv/data/x", R"({"data":{"a":"1"}})").ok());
  EXPECT_TRUE(node_.write("kv/data/x", kSecond).ok());
}

}  // namespace
}  // namespace bao::testing
