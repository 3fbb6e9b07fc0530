// Who the members are and where, by what the configuration says and what they say; and what of that they tell each other.
#include "internal/cluster/roster.h"

#include <gtest/gtest.h>

#include <map>

#include "internal/cluster/calls_recorded.h"
#include "internal/cluster/news.h"
#include "internal/testing/fake_cluster.h"

namespace bao::cluster {
namespace {

using core::MemberRecord;
using raft::NodeId;

MemberRecord record(uint64_t id) { return testing::FakeCluster::record_of("n" + std::to_string(id), id); }
MemberRecord moved(uint64_t id) {
  MemberRecord moved = record(id);
  moved.cluster_address = "moved:" + std::to_string(id);
  return moved;
}
raft::Configuration configuration(const std::vector<MemberRecord>& members) {
  raft::Configuration all;
  for (const MemberRecord& member : members) all.members[NodeId{member.id}].context = encode({member, false});
  return all;
}

class RosterTest : public ::testing::Test {
 protected:
  RosterTest() {
    roster.set_own(record(1));
    roster.configured(configuration({record(1), record(2), record(3)}));
  }
  std::string address(uint64_t member) { return roster.others().at(NodeId{member}).address; }
  using Nodes = std::vector<NodeId>;
  const Nodes everybody{NodeId{2}, NodeId{3}};
  Roster roster{NodeId{1}};
};

TEST_F(RosterTest, TellsNobodyWhatTheConfigurationSays) {
  EXPECT_EQ(roster.to_tell(/*leaderless=*/false), Nodes{});
  EXPECT_EQ(roster.to_tell(/*leaderless=*/true), everybody);
  roster.set_own(moved(1));
  EXPECT_EQ(roster.to_tell(false), everybody);
  roster.configured(configuration({moved(1), record(2), record(3)}));
  EXPECT_EQ(roster.to_tell(false), Nodes{});
}

TEST_F(RosterTest, TellsWhoseAddressIsAHint) {
  roster.hint(NodeId{3}, "hint:3");
  EXPECT_EQ(roster.to_tell(false), Nodes{NodeId{3}});
  roster.heard(moved(3));
  EXPECT_EQ(roster.to_tell(false), Nodes{});
  EXPECT_EQ(address(3), "moved:3");
}

TEST_F(RosterTest, NotesNothingOfStrangersAndNoHintOfItself) {
  const uint64_t before = roster.changes();
  roster.hint(NodeId{1}, "hint:1");
  roster.hint(NodeId{9}, "hint:9");
  EXPECT_FALSE(roster.heard(record(9)));
  MemberRecord other = moved(2);
  other.name = "another";
  EXPECT_FALSE(roster.heard(other)) << "an id keeps its name";
  EXPECT_EQ(roster.changes(), before);
  EXPECT_EQ(roster.known(NodeId{9}), std::nullopt);
  EXPECT_EQ(roster.others().size(), 2u);
}

TEST_F(RosterTest, SaysWhenSomebodyIsToBeFoundElsewhere) {
  const auto changed = [&](const auto& what) {
    const uint64_t before = roster.changes();
    what();
    return roster.changes() != before;
  };
  EXPECT_TRUE(changed([&] { roster.heard(moved(2)); }));
  EXPECT_FALSE(changed([&] { roster.try_the_other(); })) << "there is no other";
  EXPECT_TRUE(changed([&] { roster.hint(NodeId{3}, "hint:3"); }));
  EXPECT_TRUE(changed([&] { roster.try_the_other(); }));
  EXPECT_EQ(address(3), "hint:3");
  EXPECT_FALSE(changed([&] { roster.configured(configuration({record(1), record(2), record(3)})); })) << "as before";
  EXPECT_TRUE(changed([&] { roster.configured(configuration({record(1), record(2)})); }));
  EXPECT_EQ(roster.others().size(), 1u);
}

TEST_F(RosterTest, CertificatesOfAnExchangeCountAllTheTime) {
  MemberRecord exchanging = record(2);
  exchanging.next_certificate = "next";
  exchanging.old_certificate = "old";
  roster.configured(configuration({record(1), exchanging, record(3)}));
  EXPECT_EQ(roster.others().at(NodeId{2}).certificates, (std::vector<std::string>{exchanging.certificate, "next", "old"}));
  EXPECT_EQ(roster.offering()->record, exchanging);
}

class NewsTest : public RosterTest {
 protected:
  NewsTest() {
    transport.on_call = [this](NodeId to, std::string text, raft::TakeAnswer done) {
      told[to] = std::move(text);
      done(base::Error(base::Code::unavailable, "not connected"));
    };
    leads(2);
  }
  void leads(uint64_t node) { leadership.heard({raft::Role::follower, raft::Term{++term}, NodeId{node}}); }
  raft::DriverStatus status(raft::Configuration known) {
    raft::DriverStatus status;
    status.configuration = std::move(known);
    status.view.term_committed = true;
    return status;
  }
  // As the leader changes it.
  std::map<NodeId, MemberRecord> replicated(const raft::DriverStatus& seen) {
    std::map<NodeId, MemberRecord> records;
    for (const raft::ChangeStep& step : news.changes(seen)) records[step.id] = decode_context(step.id.value, step.context)->record;
    return records;
  }
  Leadership leadership;
  News news{roster, leadership};
  CallsRecorded transport;
  std::map<NodeId, std::string> told;
  uint64_t term = 1;
  News::Clock::time_point now{std::chrono::hours(1)};
};

TEST_F(NewsTest, AreToldEachSecondUntilTheConfigurationSaysThem) {
  news.tell(transport, now);
  EXPECT_TRUE(told.empty());
  roster.set_own(moved(1));
  news.tell(transport, now);
  EXPECT_EQ(told.size(), 2u);
  EXPECT_EQ(decode_news(told[NodeId{2}])->front().record, moved(1));
  told.clear();
  now += std::chrono::milliseconds(999);
  news.tell(transport, now);
  EXPECT_TRUE(told.empty());
  now += std::chrono::milliseconds(1);
  news.tell(transport, now);
  EXPECT_EQ(told.size(), 2u);
  told.clear();
  roster.configured(configuration({moved(1), record(2), record(3)}));
  now += std::chrono::seconds(1);
  news.tell(transport, now);
  EXPECT_TRUE(told.empty());
}

TEST_F(NewsTest, OnlyWhatAMemberSaysOfItselfIsReplicated) {
  const std::string answer = news.told(NodeId{2}, encode_news({{moved(2), false}, {moved(3), false}}));
  EXPECT_EQ(decode_news(std::string_view(answer).substr(1))->front().record, record(1)) << "it is told what this node knows";
  EXPECT_EQ(replicated(status(configuration({record(1), record(2), record(3)}))), (std::map<NodeId, MemberRecord>{{NodeId{2}, moved(2)}}));
  EXPECT_EQ(address(3), record(3).cluster_address) << "a leader is known: what others say is not even tried";
  leads(0);
  news.told(NodeId{2}, encode_news({{moved(2), false}, {moved(3), false}}));
  roster.try_the_other();
  EXPECT_EQ(address(3), "moved:3");
}

TEST_F(NewsTest, NobodySpeaksForAnother) {
  news.told(NodeId{3}, encode_news({{moved(2), false}}));
  news.told(NodeId{3}, "no news");
  EXPECT_TRUE(replicated(status(configuration({record(1), record(2), record(3)}))).empty());
}

// Else somebody would not know whom a connection is of.
TEST_F(NewsTest, ACertificateIsExchangedWhenEverybodyHoldsTheRecordThatOffersIt) {
  MemberRecord offers = record(2);
  offers.next_certificate = "next";
  const raft::Configuration offered = configuration({record(1), offers, record(3)});
  roster.configured(offered);
  raft::DriverStatus now_known = status(offered);
  now_known.view.configuration_index = now_known.view.commit = raft::Index{7};
  now_known.view.peers.resize(2);
  now_known.view.peers[0].match = raft::Index{7};
  now_known.view.peers[1].match = raft::Index{6};
  EXPECT_TRUE(replicated(now_known).empty());
  now_known.view.peers[1].match = raft::Index{7};
  const MemberRecord exchanged = replicated(now_known)[NodeId{2}];
  EXPECT_EQ(exchanged.certificate, "next");
  EXPECT_EQ(exchanged.old_certificate, offers.certificate);
  EXPECT_EQ(exchanged.next_certificate, "");
}

}  // namespace
}  // namespace bao::cluster
