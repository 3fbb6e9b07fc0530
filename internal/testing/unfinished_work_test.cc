// What a node does beyond single requests: removals that an earlier process left unfinished, tasks in the background, and the
// time limit of requests.
#include <gtest/gtest.h>

#include <thread>

#include "internal/codec/encoding.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using logical::Operation;

// Storage that fails from a moment on, as a machine that loses its power.
class FailingStorage final : public storage::Backend {
 public:
  explicit FailingStorage(storage::Backend& real) : real_(real) {}
  // After so many further proposals nothing is written any more.
  void fail_after(int proposals) { left_ = proposals; }
  std::unique_ptr<storage::Snapshot> snapshot() override { return real_.snapshot(); }
  base::Result<base::Index> propose(storage::Proposal proposal) override {
    if (left_ >= 0 && left_-- == 0) {
      left_ = 0;
      return base::Error(base::Code::unavailable, "no power");
    }
    return real_.propose(std::move(proposal));
  }
  void set_listener(storage::ChangeListener listener) override { real_.set_listener(std::move(listener)); }
  base::Index applied() const override { return real_.applied(); }
  std::string_view type() const override { return real_.type(); }

 private:
  storage::Backend& real_;
  int left_ = -1;
};

size_t keys_below(storage::Backend& storage, const std::string& prefix) {
  size_t count = 0;
  const auto done = storage.snapshot()->each([&](std::string_view key, const storage::Record&) -> base::Status {
    count += key.starts_with(prefix) ? 1 : 0;
    return {};
  });
  EXPECT_TRUE(done.ok());
  return count;
}

class Power : public ::testing::Test {
 protected:
  logical::Reply ask(core::Core& core, Operation operation, const std::string& path, const std::string& body = "") {
    logical::Request request;
    request.operation = operation;
    request.path = path;
    request.client_token = root_;
    if (!body.empty()) request.data = *codec::parse_json(body);
    return core.handle(std::move(request));
  }
  static core::CoreOptions options() {
    core::CoreOptions made;
    made.version = "2.6.2";
    made.commit_date = "2026-08-18T00:00:00Z";
    return made;
  }
  void initialize(core::Core& core) {
    core::InitRequest init;
    init.secret_shares = init.secret_threshold = 1;
    const auto made = core.initialize(init);
    ASSERT_TRUE(made.ok());
    root_ = made->root_token;
    share_ = codec::to_hex(made->shares.front().reveal());
    ASSERT_TRUE(core.unseal(share_).ok());
  }

  base::FakeClock clock_{base::Time(std::chrono::hours(490'000))};
  std::unique_ptr<storage::Backend> disk_ = storage::inmem::open();
  std::string root_, share_;
};

// R-43: what was interrupted blocked the start
TEST_F(Power, AMountWhoseRemovalWasCutShortIsRemovedAfterTheRestart) {
  constexpr int kSecrets = 600;  // more than one step of a removal
  std::string uuid;
  {
    FailingStorage storage(*disk_);
    core::Core core(storage, options(), clock_);
    initialize(core);
    ASSERT_TRUE(ask(core, Operation::update, "sys/mounts/kv", R"({"type":"kv"})").ok());
    uuid = (*ask(core, Operation::read, "sys/mounts/kv")->data)["uuid"].as_string();
    for (int i = 0; i < kSecrets; ++i) ASSERT_TRUE(ask(core, Operation::update, "kv/" + std::to_string(i), R"({"a":1})").ok());
    storage.fail_after(2);  // the mark and one step
    EXPECT_FALSE(ask(core, Operation::remove, "sys/mounts/kv").ok());
  }
  const size_t left = keys_below(*disk_, "logical/" + uuid + "/");
  EXPECT_GT(left, 0u);
  EXPECT_LT(left, static_cast<size_t>(kSecrets));

  core::Core core(*disk_, options(), clock_);
  ASSERT_TRUE(core.unseal(share_).ok());
  EXPECT_FALSE(ask(core, Operation::read, "kv/1").ok());
  const std::string entry = "core/mounts/" + uuid;
  while (keys_below(*disk_, entry) > 0) std::this_thread::yield();
  EXPECT_EQ(keys_below(*disk_, "logical/" + uuid + "/"), 0u);
  EXPECT_TRUE(ask(core, Operation::update, "sys/mounts/kv", R"({"type":"kv"})").ok());
}

TEST_F(Power, SealingEndsARemovalThatGoesOn) {
  core::Core core(*disk_, options(), clock_);
  initialize(core);
  ASSERT_TRUE(ask(core, Operation::update, "auth/token/tidy").ok());
  EXPECT_TRUE(core.seal().ok());
}

TEST(RequestTimeLimit, AListingPastItGivesUp) {
  core::CoreOptions options;
  options.request_timeout = std::chrono::nanoseconds(0);
  TestCore node(TestCore::State::unsealed, std::move(options));
  const auto listed = node.list("sys/policies/acl/");
  ASSERT_FALSE(listed.ok());
  EXPECT_EQ(listed.error().code(), base::Code::unavailable);
  EXPECT_NE(listed.error().message().find("the request ran into its time limit"), std::string::npos);
}

TEST(Tidy, AnswersAtOnceAndRunsInTheBackground) {
  TestCore node;
  for (const char* path : {"auth/token/tidy", "sys/leases/tidy"}) {
    const auto reply = node.write(path);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->status, 202);
    EXPECT_TRUE(reply->warnings.at(0).starts_with("Tidy operation successfully started."));
  }
}

}  // namespace
}  // namespace bao::testing
