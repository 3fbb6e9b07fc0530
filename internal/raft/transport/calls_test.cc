// Calls between members: real sockets on loopback, real TLS; waits are for events, never for time.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/test_credentials.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::seconds kPatience{60};
constexpr milliseconds kLong{300'000};

struct Asked {
  NodeId from;
  std::string request;
  std::function<void(std::string)> reply;
};

// Echoes, or keeps what it is asked until somebody answers.
class Desk final : public Receiver {
 public:
  void on_envelope(Envelope) override {
    ++envelopes;
    base::MutexLock lock(mutex_);
    changed_.wait_for(mutex_, kPatience, [&] { return !holds_; });
  }
  // Takes no envelopes, so that their connection fills.
  void hold(bool holds) {
    base::MutexLock lock(mutex_);
    holds_ = holds;
    changed_.notify_all();
  }
  void on_peer_unreachable(NodeId) override {}
  base::Status serve_snapshot(NodeId, GroupId, Position, const std::string&, const TakePiece&) override {
    return base::denied("no snapshots here");
  }
  void on_call(NodeId from, std::string request, std::function<void(std::string)> reply) override {
    if (echoes) return reply(std::move(request));
    base::MutexLock lock(mutex_);
    open_.push_back({from, std::move(request), std::move(reply)});
    most_ = std::max(most_, open_.size());
    changed_.notify_all();
  }
  bool wait_for(size_t open) {
    base::MutexLock lock(mutex_);
    return changed_.wait_for(mutex_, kPatience, [&] { return open_.size() >= open; });
  }
  std::deque<Asked> take_all() {
    base::MutexLock lock(mutex_);
    return std::exchange(open_, {});
  }
  size_t open() {
    base::MutexLock lock(mutex_);
    return open_.size();
  }
  size_t most() {
    base::MutexLock lock(mutex_);
    return most_;
  }

  std::atomic<bool> echoes = false;
  std::atomic<int> envelopes = 0;

 private:
  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::deque<Asked> open_;
  size_t most_ = 0;
  bool holds_ = false;
};

// What callers were told; a call that is answered twice, or never, is seen. Outlives the members, who tell until they end.
class Answers {
 public:
  TakeAnswer take(size_t which) {
    base::MutexLock lock(mutex_);
    if (told_.size() <= which) told_.resize(which + 1);
    return [this, which](base::Result<std::string> answer) {
      base::MutexLock held(mutex_);
      told_[which].push_back(std::move(answer));
      ++count_;
      changed_.notify_all();
    };
  }
  bool wait_for(size_t count) {
    base::MutexLock lock(mutex_);
    return changed_.wait_for(mutex_, kPatience, [&] { return count_ >= count; });
  }
  // "ok: TEXT", or the error's code; "never" and "twice" are mistakes.
  std::string of(size_t which) {
    base::MutexLock lock(mutex_);
    if (told_[which].size() != 1) return told_[which].empty() ? "never" : "twice";
    const auto& one = told_[which][0];
    return one.ok() ? "ok: " + *one : std::string(base::code_name(one.error().code()));
  }
  size_t count() {
    base::MutexLock lock(mutex_);
    return count_;
  }

 private:
  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<std::vector<base::Result<std::string>>> told_;
  size_t count_ = 0;
};

struct Member {
  Member(uint64_t node, const std::string& cluster = "cluster", const std::string& incarnation = "disk")
      : id{node}, credentials(fresh_credentials()) {
    transport = std::move(Transport::start("127.0.0.1:0", Hello{cluster, id, incarnation}, credentials, desk)).value();
  }
  Peer as_peer() const { return {"127.0.0.1:" + std::to_string(transport->port()), {credentials.certificate}, "disk"}; }
  NodeId id;
  TransportCredentials credentials;
  Desk desk;
  std::unique_ptr<Transport> transport;
};

void introduce(Member& a, Member& b) {
  a.transport->set_peers({{b.id, b.as_peer()}});
  b.transport->set_peers({{a.id, a.as_peer()}});
}

// Asks and waits.
std::string ask(Member& from, Member& to, std::string request, milliseconds at_most = kLong) {
  Answers answers;
  from.transport->call(to.id, std::move(request), at_most, answers.take(0));
  return answers.wait_for(1) ? answers.of(0) : "never";
}

// Asks until it is answered: a stream may rest after it broke.
std::string ask_until_answered(Member& from, Member& to, const std::string& request) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::string told;
  do told = ask(from, to, request);
  while (told == "unavailable" && std::chrono::steady_clock::now() < until);
  return told;
}

// Takes connections (the kernel does) and never says a word, so that nothing can leave.
class MuteListener {
 public:
  MuteListener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(socket_, 16) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      abort();
    port_ = ntohs(address.sin_port);
  }
  ~MuteListener() { close(socket_); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  const int socket_;
  int port_ = 0;
};

TEST(Calls, ManyAtOnceAreAnsweredEachWithItsOwnBothWays) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  a.desk.echoes = b.desk.echoes = true;
  constexpr size_t kThreads = 4, kEach = 100;
  for (size_t i = 0; i < 2 * kThreads * kEach; ++i) answers.take(i);
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 2 * kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Member& from = thread % 2 == 0 ? a : b;
      for (size_t i = thread * kEach; i < (thread + 1) * kEach; ++i)
        from.transport->call(thread % 2 == 0 ? b.id : a.id, "call " + std::to_string(i), kLong, answers.take(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(answers.wait_for(2 * kThreads * kEach));
  for (size_t i = 0; i < 2 * kThreads * kEach; ++i) EXPECT_EQ(answers.of(i), "ok: call " + std::to_string(i));
}

TEST(Calls, AnswersMayComeInAnyOrder) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  for (size_t i = 0; i < 3; ++i) a.transport->call(b.id, std::to_string(i), kLong, answers.take(i));
  ASSERT_TRUE(b.desk.wait_for(3));
  auto asked = b.desk.take_all();
  std::reverse(asked.begin(), asked.end());
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(asked[i].from, a.id);
    asked[i].reply("of " + asked[i].request);
    ASSERT_TRUE(answers.wait_for(i + 1));
    EXPECT_EQ(answers.of(std::stoul(asked[i].request)), "ok: of " + asked[i].request);
  }
}

TEST(Calls, TheLargestPassBesideHeartbeats) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  b.desk.echoes = true;
  const std::string large(base::kCallBytesMax, 'x');
  a.transport->call(b.id, large, kLong, answers.take(0));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while ((answers.count() == 0 || b.desk.envelopes == 0) && std::chrono::steady_clock::now() < until) {
    a.transport->send({GroupId{1}, a.id, b.id, Term{3}, Heartbeat{Session{1}, Index{5}, 1}});
    std::this_thread::yield();
  }
  EXPECT_TRUE(answers.of(0) == "ok: " + large);
  EXPECT_GT(b.desk.envelopes, 0);
}

TEST(Calls, AnEmptyRequestHasAnEmptyAnswer) {
  Member a(1), b(2);
  introduce(a, b);
  b.desk.echoes = true;
  EXPECT_EQ(ask(a, b, ""), "ok: ");
}

TEST(Calls, WithNobodyThereNothingWasSent) {
  Member a(1), b(2);
  EXPECT_EQ(ask(a, b, "x"), "unavailable") << "no such member";
  a.transport->set_peers({{b.id, {"127.0.0.1:1", {b.credentials.certificate}, ""}}});
  EXPECT_EQ(ask(a, b, "x"), "unavailable") << "nobody listens";
  EXPECT_EQ(ask(a, b, "x"), "unavailable") << "and the stream rests";
}

TEST(Calls, WhoeverIsRefusedKnowsThatNothingWasDone) {
  Member a(1), stranger(2), other(3, "another cluster"), wiped(4, "cluster", "fresh disk");
  a.transport->set_peers({{other.id, other.as_peer()}, {wiped.id, wiped.as_peer()}});
  a.desk.echoes = true;
  for (Member* member : {&stranger, &other, &wiped}) {
    member->transport->set_peers({{a.id, a.as_peer()}});
    EXPECT_EQ(ask(*member, a, "x"), "unavailable") << "from " << member->id.value;
  }
}

TEST(Calls, NobodyButThePeerThatIsMeantIsAsked) {
  Member a(1), other(3, "another cluster"), wiped(4, "cluster", "fresh disk");
  a.transport->set_peers({{other.id, other.as_peer()}, {wiped.id, wiped.as_peer()}});
  for (Member* member : {&other, &wiped}) {
    member->desk.echoes = true;
    member->transport->set_peers({{a.id, a.as_peer()}});
    EXPECT_EQ(ask(a, *member, "x"), "unavailable") << "to " << member->id.value;
  }
}

TEST(Calls, AMemberThatLeftIsHeardNoMore) {
  Member a(1), b(2);
  introduce(a, b);
  b.desk.echoes = true;
  ASSERT_EQ(ask(a, b, "x"), "ok: x");
  b.transport->set_peers({});
  b.desk.echoes = false;
  EXPECT_EQ(ask(a, b, "x"), "uncertain") << "it was sent";
  EXPECT_EQ(b.desk.open(), 0u);
}

TEST(Calls, ABrokenConnectionAfterSendingIsUncertainAndALateAnswerHurtsNobody) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  a.transport->call(b.id, "x", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  b.transport.reset();
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_EQ(answers.of(0), "uncertain");
  b.desk.take_all()[0].reply("too late");
  EXPECT_EQ(answers.of(0), "uncertain");
}

TEST(Calls, AfterABreakTheNextCallsGoOverANewConnection) {
  Member a(1), b(2);
  introduce(a, b);
  b.desk.echoes = true;
  ASSERT_EQ(ask(a, b, "1"), "ok: 1");
  const std::string address = b.as_peer().address;
  b.transport.reset();
  b.transport = std::move(Transport::start(address, Hello{"cluster", b.id, "disk"}, b.credentials, b.desk)).value();
  b.transport->set_peers({{a.id, a.as_peer()}});
  std::string told = ask_until_answered(a, b, "2");
  if (told == "uncertain") told = ask_until_answered(a, b, "2");  // sent into the end of the first connection
  EXPECT_EQ(told, "ok: 2");
}

TEST(Calls, OneWhoseReplyIsDroppedIsUncertainAtOnce) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  a.transport->call(b.id, "x", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  b.desk.take_all();
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_EQ(answers.of(0), "uncertain");
}

TEST(Calls, DeadlinesAreMetThoughNothingMoves) {
  Answers answers;
  Member a(1), b(2), mute(3);
  MuteListener listener;
  a.transport->set_peers({{b.id, b.as_peer()}, {mute.id, {listener.address(), {mute.credentials.certificate}, ""}}});
  b.transport->set_peers({{a.id, a.as_peer()}});
  a.transport->call(b.id, "waits", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  a.transport->call(b.id, "sooner", milliseconds(500), answers.take(1));
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_EQ(answers.of(0), "never");
  const bool left = answers.of(1) == "uncertain";
  EXPECT_TRUE(left || (answers.of(1) == "unavailable" && b.desk.open() == 1)) << answers.of(1);
  a.transport->call(mute.id, "cannot leave", milliseconds(20), answers.take(2));
  ASSERT_TRUE(answers.wait_for(2));
  EXPECT_EQ(answers.of(2), "unavailable");
  for (Asked& asked : b.desk.take_all()) asked.reply("at last");
  ASSERT_TRUE(answers.wait_for(3));
  EXPECT_EQ(answers.of(0), "ok: at last");
}

// By the time of its threads, on a machine that others use, too.
milliseconds processor_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

TEST(Calls, AConnectionThatIsFullIsWaitedForAndNotAskedAgainAndAgain) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  b.desk.hold(true);
  auto entry = std::make_shared<Entry>();
  *entry = {Index{1}, Term{1}, EntryKind::data, std::string(size_t{1} << 20, 'x'), {}};
  while (a.transport->send({GroupId{1}, a.id, b.id, Term{3}, Append{Session{1}, {}, {}, {entry}, Index{0}}})) {
  }  // until its queue is full, too
  const milliseconds before = processor_time();
  a.transport->call(b.id, "nobody answers", milliseconds(600), answers.take(0));
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_LT(processor_time() - before, milliseconds(300));
  b.desk.hold(false);
}

TEST(Calls, APeerThatLeavesEndsWhatWasSentAndWhatWasNot) {
  Answers answers;
  Member a(1), b(2), mute(3);
  MuteListener listener;
  a.transport->set_peers({{b.id, b.as_peer()}, {mute.id, {listener.address(), {mute.credentials.certificate}, ""}}});
  b.transport->set_peers({{a.id, a.as_peer()}});
  a.transport->call(b.id, "sent", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  a.transport->call(mute.id, "not sent", kLong, answers.take(1));
  a.transport->set_peers({});
  EXPECT_EQ(answers.of(0), "uncertain");
  EXPECT_EQ(answers.of(1), "unavailable");
}

TEST(Calls, WhatHasNotLeftMayBeTakenBack) {
  Answers answers;
  Member a(1), b(2), mute(3);
  MuteListener listener;
  a.transport->set_peers({{b.id, b.as_peer()}, {mute.id, {listener.address(), {mute.credentials.certificate}, ""}}});
  b.transport->set_peers({{a.id, a.as_peer()}});
  a.transport->call(b.id, "sent", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  a.transport->call(mute.id, "not sent", kLong, answers.take(1));
  for (const NodeId peer : {b.id, mute.id}) a.transport->drop_unsent(peer);
  EXPECT_EQ(answers.of(0), "never");
  EXPECT_EQ(answers.of(1), "unavailable");
  for (Asked& asked : b.desk.take_all()) asked.reply("done");
  ASSERT_TRUE(answers.wait_for(2));
  EXPECT_EQ(answers.of(0), "ok: done");
}

TEST(Calls, TooManyAreRefusedAndTheOthersGoOn) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  const size_t most = base::kCallsUnderWayMax;
  for (size_t i = 0; i <= most; ++i) a.transport->call(b.id, "x", kLong, answers.take(i));
  EXPECT_EQ(answers.of(most), "unavailable") << "one more than may be under way";
  ASSERT_TRUE(b.desk.wait_for(most));
  for (Asked& asked : b.desk.take_all()) asked.reply("y");
  ASSERT_TRUE(answers.wait_for(most + 1));
  for (size_t i = 0; i < most; ++i) EXPECT_EQ(answers.of(i), "ok: y");
}

TEST(Calls, TooManyBytesAreRefused) {
  Answers answers;
  Member a(1), b(2);
  MuteListener listener;
  a.transport->set_peers({{b.id, {listener.address(), {b.credentials.certificate}, ""}}});
  const size_t half = base::kCallQueueBytesMax / 2;
  for (size_t i = 0; i < 2; ++i) a.transport->call(b.id, std::string(half, 'x'), kLong, answers.take(i));
  a.transport->call(b.id, "x", kLong, answers.take(2));
  EXPECT_EQ(answers.of(2), "unavailable");
  EXPECT_EQ(answers.count(), 1u) << "the two wait";
}

TEST(Calls, WhatIsTooLargeIsNotSentAndAnAnswerThatIsIsUncertain) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  EXPECT_EQ(ask(a, b, std::string(base::kCallBytesMax + 1, 'x')), "unavailable");
  a.transport->call(b.id, "x", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  b.desk.take_all()[0].reply(std::string(base::kCallBytesMax + 1, 'x'));
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_EQ(answers.of(0), "uncertain");
}

// Callers that give up make room for more on their side, not on the other.
TEST(Calls, WhoIsAskedTooMuchStopsReadingUntilItHasAnswered) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  size_t asked = 0;
  while (b.desk.open() < base::kCallsUnderWayMax) {
    for (size_t more = base::kCallsUnderWayMax - b.desk.open(); more > 0; --more)
      a.transport->call(b.id, "given up", milliseconds(200), answers.take(asked++));
    ASSERT_TRUE(answers.wait_for(asked));
  }
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < base::kCallsUnderWayMax; ++i)
      a.transport->call(b.id, "given up", milliseconds(100), answers.take(asked++));
    ASSERT_TRUE(answers.wait_for(asked));
  }
  EXPECT_LT(b.desk.most(), 2 * base::kCallsUnderWayMax) << "what it may have, and what came with the last of it";
  a.transport->call(b.id, "read in the end", kLong, answers.take(asked));
  while (answers.count() <= asked) {
    ASSERT_TRUE(b.desk.wait_for(1));
    for (Asked& one : b.desk.take_all()) {
      const std::string request = one.request;
      one.reply("of " + request);
      if (request != "read in the end") continue;
      ASSERT_TRUE(answers.wait_for(asked + 1));
    }
  }
  EXPECT_EQ(answers.of(asked), "ok: of read in the end");
}

TEST(Calls, GoOnWhileCredentialsRotate) {
  Answers answers;
  Member a(1), b(2);
  introduce(a, b);
  const TransportCredentials next = fresh_credentials();
  a.transport->call(b.id, "before", kLong, answers.take(0));
  ASSERT_TRUE(b.desk.wait_for(1));
  Peer both = a.as_peer();
  both.certificates.push_back(next.certificate);
  b.transport->set_peers({{a.id, both}});
  ASSERT_TRUE(a.transport->rotate(next).ok());
  a.transport->call(b.id, "meanwhile", kLong, answers.take(1));
  ASSERT_TRUE(b.desk.wait_for(2));
  for (Asked& asked : b.desk.take_all()) asked.reply("of " + asked.request);
  ASSERT_TRUE(answers.wait_for(2));
  EXPECT_EQ(answers.of(0), "ok: of before");
  EXPECT_EQ(answers.of(1), "ok: of meanwhile");
  a.transport->end_overlap();
  b.desk.echoes = true;
  EXPECT_EQ(ask(a, b, "after"), "ok: after");
}

TEST(Calls, EachIsToldOnceHoweverTheTransportsEnd) {
  for (int round = 0; round < 8; ++round) {
    Answers answers;
    std::deque<Asked> kept;
    {
      Member a(1), b(2);
      introduce(a, b);
      a.desk.echoes = round % 2 == 0;
      b.desk.echoes = round % 3 == 0;
      std::thread both_ways([&] {
        for (size_t i = 0; i < 100; ++i) b.transport->call(a.id, "x", kLong, answers.take(2 * i + 1));
      });
      for (size_t i = 0; i < 100; ++i) a.transport->call(b.id, "x", kLong, answers.take(2 * i));
      if (round >= 4) a.transport->set_peers({});
      both_ways.join();
      (round % 2 == 0 ? a : b).transport.reset();
      (round % 2 == 0 ? b : a).transport.reset();
      kept = b.desk.take_all();
    }
    ASSERT_EQ(answers.count(), 200u) << "nothing is under way when both are gone";
    for (size_t i = 0; i < 200; ++i) {
      const std::string told = answers.of(i);
      EXPECT_TRUE(told == "ok: x" || told == "uncertain" || told == "unavailable") << told;
    }
    for (Asked& asked : kept) asked.reply("nobody hears it");
  }
}

}  // namespace
}  // namespace bao::raft
