// The joiner's side against a leader that answers as the tests say; over HTTP it meets a real one in internal/server.
#include "internal/cluster/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/testing/fake_cluster.h"

namespace bao::cluster {
namespace {

using base::MutexLock;
using base::SecretBytes;
using codec::Json;
using core::JoinTarget;
using testing::FakeCluster;
using Retry = core::Joining::Retry;

SecretBytes key_of(char letter) { return SecretBytes(std::string(32, letter)); }
JoinTarget target(const std::string& address) {
  JoinTarget target;
  target.address = address;
  return target;
}

// Leaders by address: down, or what their seal closes with; and who asked them what.
class Leaders {
 public:
  explicit Leaders(std::string seal_type = "shamir") : seal_type_(std::move(seal_type)) {}

  void set(const std::string& address, char key) {
    const MutexLock lock(mutex_);
    keys_[address] = key;
  }
  Ask ask() {
    return [this](const JoinTarget& asked, const std::string& path, const Json& body) { return answer(asked.address, path, body); };
  }
  // Blocks until that many questions were asked.
  void await_questions(size_t count) {
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return questions_.size() >= count; });
  }
  void await_question(const std::string& question) {
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) {
      return std::find(questions_.begin(), questions_.end(), question) != questions_.end();
    });
  }
  std::vector<std::string> questions() {
    const MutexLock lock(mutex_);
    return questions_;
  }

 private:
  base::Result<Json> answer(const std::string& address, const std::string& path, const Json& body) {
    const std::string question = address + " " + path.substr(path.rfind('/') + 1);
    auto answered = answer_of(address, path, body);
    {
      const MutexLock lock(mutex_);
      questions_.push_back(question);
    }
    changed_.notify_all();
    return answered;
  }
  base::Result<Json> answer_of(const std::string& address, const std::string& path, const Json& body) {
    char key = 0;
    {
      const MutexLock lock(mutex_);
      key = keys_[address];
    }
    if (key == 0) return base::Error(base::Code::unavailable, "connection refused");
    if (path.ends_with("challenge")) {
      const SecretBytes clear = challenges_.issue(body["server_id"].as_string(), now_);
      ASSIGN_OR_RETURN(const std::string closed, seal::shamir_wrapper(key_of(key))->wrap(clear.reveal()));
      return Json::object({{"challenge", codec::to_base64(closed)},
                           {"seal_config", Json::object({{"type", seal_type_}, {"secret_shares", 3}, {"secret_threshold", 2}})}});
    }
    ASSIGN_OR_RETURN(const core::Applicant applicant, core::parse_applicant(body));
    ASSIGN_OR_RETURN(const std::string given, codec::from_base64(body["answer"].as_string()));
    ASSIGN_OR_RETURN(const SecretBytes secret, challenges_.check(given, applicant, now_));
    return core::invitation_data({address, {FakeCluster::record_of("node1", 1), applicant.record}}, secret);
  }

  const std::string seal_type_;
  const base::Time now_{std::chrono::hours(1)};
  const core::JoinChallenges challenges_;
  base::Mutex mutex_{base::Rank::metrics};
  base::Condition changed_;
  std::map<std::string, char> keys_ GUARDED_BY(mutex_);
  std::vector<std::string> questions_ GUARDED_BY(mutex_);
};

// An auto seal for tests: Shamir's envelope under the name of another.
class AutoSeal final : public seal::Wrapper {
 public:
  explicit AutoSeal(char key) : inner_(seal::shamir_wrapper(key_of(key))) {}
  std::string_view type() const override { return "static"; }
  base::Result<std::string> wrap(std::string_view plain) const override { return inner_->wrap(plain); }
  base::Result<SecretBytes> unwrap(std::string_view blob) const override { return inner_->unwrap(blob); }

 private:
  const std::unique_ptr<seal::Wrapper> inner_;
};

JoinerOptions options_for(Leaders& leaders, const seal::Wrapper* auto_seal = nullptr) {
  return {auto_seal, leaders.ask(), std::chrono::milliseconds(1)};
}

TEST(Join, AnAutoSealAnswersAtOnce) {
  Leaders leaders("static");
  leaders.set("a", 'k');
  const AutoSeal auto_seal('k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders, &auto_seal));
  const auto joined = joiner.join(target("a"), Retry::no, false);
  ASSERT_TRUE(joined.ok()) << joined.error().message();
  EXPECT_TRUE(*joined);
  EXPECT_EQ(cluster.joined().cluster_id, "a");
  EXPECT_EQ(cluster.joined().members.size(), 2u);
}

TEST(Join, OfSeveralNodesTheFirstThatAnswersTakesItIn) {
  Leaders leaders("static");
  leaders.set("b", 'k');
  const AutoSeal auto_seal('k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders, &auto_seal));
  joiner.start({target("a"), target("b"), target("c")}, false);
  leaders.await_question("b answer");
  joiner.stop();
  auto questions = leaders.questions();
  questions.resize(3);  // then it asks where the leader is
  EXPECT_EQ(questions, (std::vector<std::string>{"a challenge", "b challenge", "b answer"}));
  EXPECT_TRUE(cluster.formed());
}

TEST(Join, AsksAgainUntilSomebodyIsThere) {
  Leaders leaders("static");
  const AutoSeal auto_seal('k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders, &auto_seal));
  const auto joined = joiner.join(target("a"), Retry::until_joined, false);
  ASSERT_TRUE(joined.ok());
  EXPECT_FALSE(*joined);  // not yet
  leaders.await_questions(3);
  EXPECT_FALSE(cluster.formed());
  leaders.set("a", 'k');
  leaders.await_question("a answer");
  joiner.stop();
  EXPECT_TRUE(cluster.formed());
}

TEST(Join, WithoutRetryItSaysWhatWentWrong) {
  Leaders leaders;
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  const auto joined = joiner.join(target("a"), Retry::no, false);
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().message(), "failed to join raft cluster: connection refused");
  EXPECT_FALSE(joiner.awaits_key());
}

TEST(Join, WithShamirTheAnswerWaitsForTheKey) {
  Leaders leaders;
  leaders.set("a", 'k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  EXPECT_EQ(joiner.complete(key_of('k')).error().code(), base::Code::conflict);
  EXPECT_TRUE(joiner.join(target("a"), Retry::no, false).value());
  ASSERT_TRUE(joiner.awaits_key());
  EXPECT_EQ(joiner.awaits_key()->shares, 3);
  EXPECT_EQ(joiner.awaits_key()->threshold, 2);
  EXPECT_EQ(joiner.complete(key_of('x')).error().code(), base::Code::invalid);
  EXPECT_EQ(joiner.complete(SecretBytes("short")).error().code(), base::Code::invalid);
  EXPECT_TRUE(joiner.awaits_key());
  EXPECT_TRUE(joiner.complete(key_of('k')).ok());
  leaders.await_question("a answer");
  joiner.stop();
  EXPECT_TRUE(cluster.formed());
  EXPECT_FALSE(joiner.awaits_key());
}

TEST(Join, AKeyThatWasGivenWaitsForALeaderThatWentAway) {
  Leaders leaders;
  leaders.set("a", 'k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  EXPECT_TRUE(joiner.join(target("a"), Retry::no, false).ok());
  leaders.set("a", 0);
  EXPECT_TRUE(joiner.complete(key_of('k')).ok());
  leaders.await_questions(4);
  leaders.set("a", 'k');
  leaders.await_question("a answer");
  joiner.stop();
  EXPECT_TRUE(cluster.formed());
}

TEST(Join, AKeyThatIsTheClustersNoMoreIsAskedForAgain) {
  Leaders leaders;
  leaders.set("a", 'k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  EXPECT_TRUE(joiner.join(target("a"), Retry::no, false).ok());
  leaders.set("a", 'n');
  EXPECT_TRUE(joiner.complete(key_of('k')).ok());
  leaders.await_questions(2);
  EXPECT_TRUE(joiner.join(target("a"), Retry::no, false).ok());  // whichever of the two came first, it waits
  EXPECT_TRUE(joiner.awaits_key());
  EXPECT_TRUE(joiner.complete(key_of('n')).ok());
  leaders.await_question("a answer");
  joiner.stop();
  EXPECT_TRUE(cluster.formed());
}

TEST(Join, AnotherKindOfSealIsNoClusterForThisNode) {
  Leaders leaders("static");
  leaders.set("a", 'k');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  EXPECT_EQ(joiner.join(target("a"), Retry::no, false).error().message(),
            "failed to join raft cluster: mismatching seal types between raft leader (static) and follower (shamir)");
}

TEST(Join, AnotherSealsKeyDoesNotOpenTheChallenge) {
  Leaders leaders("static");
  leaders.set("a", 'k');
  const AutoSeal auto_seal('x');
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders, &auto_seal));
  const auto joined = joiner.join(target("a"), Retry::no, false);
  ASSERT_FALSE(joined.ok());
  EXPECT_TRUE(joined.error().message().starts_with("failed to join raft cluster: the challenge does not open with this node's seal"));
  EXPECT_EQ(leaders.questions().size(), 1u);
}

TEST(Join, AMemberKnowsItsOwnClusterAndJoinsNoOther) {
  Leaders leaders;
  FakeCluster cluster("node2", 2);
  cluster.add({FakeCluster::record_of("node1", 1), false, true, 0, false});
  Joiner joiner(cluster, options_for(leaders));
  EXPECT_TRUE(joiner.join(target("http://127.0.0.1:18201/"), Retry::no, false).value());
  const auto other = joiner.join(target("http://10.0.0.9:8200"), Retry::until_joined, false);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message(), "this node is a member of a cluster already, and nobody in it has the address http://10.0.0.9:8200");
  joiner.start({target("a")}, false);
  joiner.stop();
  EXPECT_TRUE(leaders.questions().empty());
}

// All nodes have moved: none finds the others where the configuration says, and whom the operator named tells where it is.
TEST(Join, AMemberThatHearsOfNoLeaderAsksWhereTheOthersAre) {
  FakeCluster cluster("node2", 2, FakeCluster::State::following);
  cluster.add({FakeCluster::record_of("node1", 1), false, true, 0, false});
  const Ask ask = [](const JoinTarget& asked, const std::string& path, const Json&) -> base::Result<Json> {
    EXPECT_EQ(path, "sys/storage/raft/bootstrap/member");
    core::MemberRecord record = FakeCluster::record_of("node", asked.address == "a" ? 1 : 9);
    record.cluster_address = "10.0.0.1:8201";
    return core::member_address_data(record);
  };
  Joiner joiner(cluster, {nullptr, ask, std::chrono::milliseconds(1)});
  EXPECT_FALSE(joiner.join(target("of-another-cluster"), Retry::no, false).ok());
  joiner.start({target("of-another-cluster"), target("a")}, false);
  EXPECT_EQ(cluster.await_hint(1), "10.0.0.1:8201");
  joiner.stop();
  EXPECT_TRUE(joiner.join(target("a"), Retry::no, false).value());
}

TEST(Join, StopsWhileItAsks) {
  Leaders leaders;
  FakeCluster cluster("node2", 2, FakeCluster::State::unformed);
  Joiner joiner(cluster, options_for(leaders));
  joiner.start({target("a"), target("b")}, false);
  leaders.await_questions(3);
  joiner.stop();
  EXPECT_FALSE(cluster.formed());
}

}  // namespace
}  // namespace bao::cluster
