// Changes of members, their encoding and history.
#include "internal/raft/core/configuration.h"

#include <gtest/gtest.h>

namespace bao::raft {
namespace {

using Kind = ChangeStep::Kind;

Configuration three() { return *first_configuration({{NodeId{1}, "a"}, {NodeId{2}, "b"}, {NodeId{3}, "c"}}); }

TEST(Configuration, ALearnerIsAddedAtOnceAndAVoterThroughAJointPhase) {
  const Configuration learner = *apply_change(three(), {{Kind::add_learner, NodeId{4}, "d"}}, Index{7});
  EXPECT_FALSE(learner.joint());
  EXPECT_EQ(learner.members.at(NodeId{4}).session, Session{7});
  const Configuration joint = *apply_change(learner, {{Kind::promote, NodeId{4}, {}}}, Index{9});
  EXPECT_TRUE(joint.joint());
  EXPECT_EQ(joint.outgoing, three().voters);
  EXPECT_EQ(joint.members.at(NodeId{4}).session, Session{7}) << "promotion is not another life";
  const Configuration left = leave_joint(joint);
  EXPECT_FALSE(left.joint());
  EXPECT_EQ(left.voters.size(), 4u);
}

TEST(Configuration, ARemovedVoterBelongsToTheGroupUntilTheJointPhaseEnds) {
  const Configuration joint = *apply_change(three(), {{Kind::remove, NodeId{3}, {}}}, Index{5});
  EXPECT_TRUE(joint.contains(NodeId{3}) && joint.votes(NodeId{3}));
  EXPECT_FALSE(leave_joint(joint).contains(NodeId{3}));
}

TEST(Configuration, ADemotedVoterWaitsForTheEndOfTheJointPhase) {
  const Configuration joint = *apply_change(three(), {{Kind::demote, NodeId{3}, {}}}, Index{5});
  EXPECT_TRUE(joint.learners_next.contains(NodeId{3}) && joint.learners.empty());
  EXPECT_TRUE(leave_joint(joint).learners.contains(NodeId{3}));
}

TEST(Configuration, AContextIsUpdatedWithoutAJointPhase) {
  const Configuration updated = *apply_change(three(), {{Kind::update_context, NodeId{2}, "new"}}, Index{5});
  EXPECT_FALSE(updated.joint());
  EXPECT_EQ(updated.members.at(NodeId{2}).context, "new");
  EXPECT_EQ(updated.members.at(NodeId{2}).session, Session{1});
}

TEST(Configuration, ImpossibleChangesAreRefused) {
  const auto code = [](const Configuration& current, const ConfigurationChange& change) {
    const auto result = apply_change(current, change, Index{5});
    return result.ok() ? std::string("ok") : std::string(base::code_name(result.error().code()));
  };
  const std::string invalid(base::code_name(base::Code::invalid)), conflict(base::code_name(base::Code::conflict));
  EXPECT_EQ(code(three(), {}), invalid);
  EXPECT_EQ(code(three(), {{Kind::add_learner, kNobody, {}}}), invalid);
  EXPECT_EQ(code(three(), {{Kind::add_learner, NodeId{1}, {}}}), invalid);
  EXPECT_EQ(code(three(), {{Kind::promote, NodeId{1}, {}}}), invalid);
  EXPECT_EQ(code(three(), {{Kind::promote, NodeId{9}, {}}}), invalid);
  EXPECT_EQ(code(three(), {{Kind::remove, NodeId{1}, {}}, {Kind::demote, NodeId{1}, {}}}), invalid);
  EXPECT_EQ(code(three(), {{Kind::remove, NodeId{1}, {}}, {Kind::remove, NodeId{2}, {}}, {Kind::demote, NodeId{3}, {}}}), invalid);
  const Configuration joint = *apply_change(three(), {{Kind::remove, NodeId{3}, {}}}, Index{5});
  EXPECT_EQ(code(joint, {{Kind::add_learner, NodeId{4}, {}}}), conflict);
}

TEST(Configuration, EncodingIsReadBack) {
  Configuration c = *apply_change(three(), {{Kind::add_learner, NodeId{4}, "d"}}, Index{7});
  c = *apply_change(c, {{Kind::promote, NodeId{4}, {}}, {Kind::demote, NodeId{1}, {}}, {Kind::remove, NodeId{2}, {}}}, Index{8});
  const auto read = decode_configuration(encode(c));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(*read == c);
  const std::string bytes = encode(c);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_configuration(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(decode_configuration(bytes + "x").ok());
}

TEST(ConfigurationHistory, TheLastAppendedIsInForceUntilItIsTruncated) {
  ConfigurationHistory history(Index{1}, three());
  const Configuration four = *apply_change(three(), {{Kind::add_learner, NodeId{4}, "d"}}, Index{7});
  history.append(Index{7}, four);
  EXPECT_TRUE(history.current() == four);
  EXPECT_TRUE(history.at(Index{6}) == three());
  EXPECT_TRUE(history.at(Index{7}) == four);
  history.truncate_from(Index{8});
  EXPECT_EQ(history.current_index(), Index{7});
  history.truncate_from(Index{7});
  EXPECT_TRUE(history.current() == three());
}

TEST(ConfigurationHistory, CompactionKeepsWhatIsInForceAtTheStart) {
  ConfigurationHistory history(Index{1}, three());
  history.append(Index{7}, three());
  history.append(Index{9}, three());
  history.compact_to(Index{8});
  history.truncate_from(Index{9});
  EXPECT_EQ(history.current_index(), Index{7});
  history.truncate_from(Index{2});
  EXPECT_EQ(history.current_index(), Index{7}) << "the one at the start is never lost";
}

}  // namespace
}  // namespace bao::raft
