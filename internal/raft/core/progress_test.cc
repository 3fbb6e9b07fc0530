// How a peer is fed.
#include "internal/raft/core/progress.h"

#include <gtest/gtest.h>

namespace bao::raft {
namespace {

using State = Progress::State;

Limits small() {
  Limits limits;
  limits.window_messages_max = 2;
  limits.window_bytes_max = 100;
  return limits;
}

TEST(Progress, AProbeIsOneMessageAtATime) {
  Progress peer(Session{1}, Index{5}, small());
  EXPECT_TRUE(peer.ready());
  peer.sent(Index{6}, 10);
  EXPECT_FALSE(peer.ready());
  EXPECT_EQ(peer.next(), Index{5}) << "a probe promises nothing";
  peer.resume();
  EXPECT_TRUE(peer.ready());
}

TEST(Progress, AnAnswerThatFitsStartsReplication) {
  Progress peer(Session{1}, Index{5}, small());
  peer.sent(Index{6}, 10);
  peer.accepted(Index{6}, Index{0});
  EXPECT_EQ(peer.state(), State::replicate);
  EXPECT_EQ(peer.match(), Index{6});
  EXPECT_EQ(peer.next(), Index{7});
}

TEST(Progress, TheWindowIsBoundedByMessagesAndBytes) {
  Progress peer(Session{1}, Index{1}, small());
  peer.accepted(Index{0}, Index{0});
  peer.sent(Index{1}, 10);
  EXPECT_TRUE(peer.ready());
  peer.sent(Index{2}, 10);
  EXPECT_FALSE(peer.ready());
  peer.accepted(Index{1}, Index{0});
  EXPECT_TRUE(peer.ready());
  peer.sent(Index{3}, 500);
  peer.accepted(Index{2}, Index{0});
  EXPECT_FALSE(peer.ready()) << "bytes";
  peer.accepted(Index{3}, Index{0});
  EXPECT_TRUE(peer.ready());
}

TEST(Progress, OldRefusalsChangeNothing) {
  Progress peer(Session{1}, Index{5}, small());
  EXPECT_FALSE(peer.refused(Index{7}, Index{2})) << "not what was asked";
  EXPECT_TRUE(peer.refused(Index{4}, Index{3}));
  EXPECT_EQ(peer.next(), Index{3});
  peer.accepted(Index{4}, Index{0});
  EXPECT_FALSE(peer.refused(Index{4}, Index{1})) << "it has that durably";
  EXPECT_TRUE(peer.refused(Index{6}, Index{2}));
  EXPECT_EQ(peer.next(), Index{5}) << "never below what matched";
}

TEST(Progress, MatchNeverFalls) {
  Progress peer(Session{1}, Index{9}, small());
  peer.accepted(Index{8}, Index{0});
  peer.accepted(Index{3}, Index{0});
  EXPECT_EQ(peer.match(), Index{8});
}

TEST(Progress, ASnapshotEndsWithAnAnswerThatTheLogCanGoOnFrom) {
  Progress peer(Session{1}, Index{2}, small());
  peer.become_snapshot();
  EXPECT_FALSE(peer.ready());
  peer.accepted(Index{5}, Index{9});
  EXPECT_EQ(peer.state(), State::snapshot) << "still below the log's start";
  EXPECT_FALSE(peer.refused(Index{7}, Index{6}));
  peer.accepted(Index{9}, Index{9});
  EXPECT_EQ(peer.state(), State::replicate);
  EXPECT_EQ(peer.next(), Index{10});
}

}  // namespace
}  // namespace bao::raft
