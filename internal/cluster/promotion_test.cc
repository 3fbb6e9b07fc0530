// Small groups promote at once, larger ones when a learner has kept up for a while; nobody is promoted who lags or is to stay.
#include "internal/cluster/promotion.h"

#include <gtest/gtest.h>

namespace bao::cluster {
namespace {

using raft::NodeId;
using namespace std::chrono_literals;

class PromotionTest : public testing::Test {
 protected:
  PromotionTest() {
    status.view.role = raft::Role::leader;
    status.view.last.index = base::Index{1000};
  }
  void voters(uint64_t count) {
    for (uint64_t id = 1; id <= count; ++id) status.configuration.voters.insert(NodeId{id});
  }
  void learner(uint64_t id, uint64_t match) {
    status.configuration.learners.insert(NodeId{id});
    raft::PeerView peer{};
    peer.id = NodeId{id};
    peer.match = base::Index{match};
    peer.state = raft::PeerView::State::replicate;
    peer.recently_active = true;
    status.view.peers.push_back(peer);
  }
  std::vector<NodeId> due(std::chrono::milliseconds after, const std::set<NodeId>& stay = {}) {
    return promotion.due(status, stay, stabilization, start + after);
  }

  raft::DriverStatus status;
  std::chrono::seconds stabilization{10};
  Promotion promotion;
  const Promotion::Time start{};
};

TEST_F(PromotionTest, ASmallGroupGrowsAtOnce) {
  voters(1);
  learner(2, 990);
  learner(3, 100);
  EXPECT_EQ(due(0s), std::vector<NodeId>{NodeId{2}});
  status.view.peers[1].match = base::Index{1000};
  EXPECT_EQ(due(0s), (std::vector<NodeId>{NodeId{2}, NodeId{3}}));
}

TEST_F(PromotionTest, ALargerOneWaitsUntilItIsStable) {
  voters(3);
  learner(4, 1000);
  EXPECT_TRUE(due(0s).empty());
  EXPECT_TRUE(due(9s).empty());
  status.view.peers[0].recently_active = false;
  EXPECT_TRUE(due(9500ms).empty());
  status.view.peers[0].recently_active = true;
  EXPECT_TRUE(due(11s).empty()) << "it was away: the time begins anew";
  EXPECT_EQ(due(21s), std::vector<NodeId>{NodeId{4}});
  stabilization = 11s;
  EXPECT_TRUE(due(21s).empty());
}

TEST_F(PromotionTest, WhoIsToStayStaysAndOnlyALeaderPromotes) {
  voters(1);
  learner(2, 1000);
  EXPECT_TRUE(due(0s, {NodeId{2}}).empty());
  status.view.role = raft::Role::follower;
  EXPECT_TRUE(due(0s).empty());
}

}  // namespace
}  // namespace bao::cluster
