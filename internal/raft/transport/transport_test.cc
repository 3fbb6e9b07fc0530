// Real sockets on loopback, real TLS; waits are for events, never for time.
#include "internal/raft/transport/transport.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/test_credentials.h"

namespace bao::raft {
namespace {

constexpr std::chrono::seconds kPatience{20};

class Inbox final : public Receiver {
 public:
  void on_envelope(Envelope envelope) override {
    std::function<void()> answer;
    {
      base::MutexLock lock(mutex_);
      received_.push_back(std::move(envelope));
      changed_.notify_all();
      answer = answer_;
    }
    if (answer) answer();
  }
  void answer_with(std::function<void()> answer) {
    base::MutexLock lock(mutex_);
    answer_ = std::move(answer);
  }
  void on_peer_unreachable(NodeId) override {
    base::MutexLock lock(mutex_);
    ++unreachable_;
    changed_.notify_all();
  }
  base::Status serve_snapshot(NodeId, GroupId, Position, const std::string& after, const TakePiece& give) override {
    const size_t first = after.empty() ? 0 : std::stoul(after);
    for (size_t i = first; i < pieces; ++i)
      TRY(give({std::string(size_t{1} << 20, static_cast<char>('a' + i)), std::to_string(i + 1), i + 1 == pieces}));
    return {};
  }
  void on_call(NodeId, std::string, std::function<void(std::string)>) override {}  // calls_test.cc
  std::atomic<size_t> pieces = 0;  // of a snapshot that it offers
  bool wait_for(size_t count) {
    base::MutexLock lock(mutex_);
    return changed_.wait_for(mutex_, kPatience, [&] { return received_.size() >= count; });
  }
  bool wait_for_unreachable() {
    base::MutexLock lock(mutex_);
    return changed_.wait_for(mutex_, kPatience, [&] { return unreachable_ > 0; });
  }
  std::vector<Envelope> received() {
    base::MutexLock lock(mutex_);
    return received_;
  }

 private:
  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<Envelope> received_;
  std::function<void()> answer_;
  int unreachable_ = 0;
};

struct Member {
  Member(uint64_t node, const std::string& cluster = "cluster", const std::string& incarnation = "disk")
      : Member(Hello{cluster, NodeId{node}, incarnation}) {}
  explicit Member(Hello hello) : id(hello.node), credentials(fresh_credentials()) {
    transport = std::move(Transport::start("127.0.0.1:0", hello, credentials, inbox)).value();
  }
  Peer as_peer() const {
    return {"127.0.0.1:" + std::to_string(transport->port()), {credentials.certificate}, "disk"};
  }
  NodeId id;
  TransportCredentials credentials;
  Inbox inbox;
  std::unique_ptr<Transport> transport;
};

Envelope heartbeat(const Member& from, const Member& to, uint64_t round) {
  return {GroupId{1}, from.id, to.id, Term{3}, Heartbeat{Session{1}, Index{5}, round}};
}

Envelope append(const Member& from, const Member& to, size_t bytes) {
  auto entry = std::make_shared<Entry>();
  *entry = {Index{1}, Term{1}, EntryKind::data, std::string(bytes, 'x'), {}};
  return {GroupId{1}, from.id, to.id, Term{3}, Append{Session{1}, {}, {}, {entry}, Index{0}}};
}

// Sends until it arrives: a stream may rest after a refusal.
bool deliver(Member& from, Member& to, uint64_t round) {
  const size_t before = to.inbox.received().size();
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (to.inbox.received().size() == before && std::chrono::steady_clock::now() < until) {
    from.transport->send(heartbeat(from, to, round));
    std::this_thread::yield();
  }
  return to.inbox.received().size() > before;
}

void introduce(Member& a, Member& b) {
  a.transport->set_peers({{b.id, b.as_peer()}});
  b.transport->set_peers({{a.id, a.as_peer()}});
}

TEST(Transport, CarriesBothWays) {
  Member a(1), b(2);
  introduce(a, b);
  ASSERT_TRUE(a.transport->send(heartbeat(a, b, 7)));
  ASSERT_TRUE(b.inbox.wait_for(1));
  EXPECT_EQ(std::get<Heartbeat>(b.inbox.received()[0].message).round, 7u);
  ASSERT_TRUE(b.transport->send(heartbeat(b, a, 8)));
  ASSERT_TRUE(a.inbox.wait_for(1));
}

TEST(Transport, LargeEntriesArriveWhole) {
  Member a(1), b(2);
  introduce(a, b);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(a.transport->send(append(a, b, size_t{1} << 20)));
  ASSERT_TRUE(b.inbox.wait_for(8));
  for (const Envelope& got : b.inbox.received())
    EXPECT_EQ(std::get<Append>(got.message).entries[0]->payload.size(), size_t{1} << 20);
}

TEST(Transport, AQueueThatIsFullDropsInsteadOfGrowing) {
  Member a(1), b(2);
  a.transport->set_peers({{b.id, {"127.0.0.1:1", {b.credentials.certificate}, ""}}});  // nobody listens there
  int dropped = 0;
  for (int i = 0; i < 64; ++i) dropped += !a.transport->send(append(a, b, size_t{1} << 20));
  EXPECT_GT(dropped, 0);
  EXPECT_TRUE(a.inbox.wait_for_unreachable()) << "the core hears that the peer is away";
}

TEST(Transport, AStrangersCertificateIsRefused) {
  Member a(1), b(2), stranger(3);
  introduce(a, b);
  stranger.transport->set_peers({{b.id, b.as_peer()}});
  stranger.transport->send(heartbeat(stranger, b, 1));
  EXPECT_TRUE(stranger.inbox.wait_for_unreachable());
  EXPECT_TRUE(b.inbox.received().empty());
}

TEST(Transport, AMemberCannotSpeakForAnother) {
  Member a(1), b(2), c(3);
  b.transport->set_peers({{a.id, a.as_peer()}, {c.id, c.as_peer()}});
  a.transport->set_peers({{b.id, b.as_peer()}});
  Envelope forged = heartbeat(a, b, 1);
  forged.from = c.id;
  a.transport->send(forged);
  EXPECT_TRUE(a.inbox.wait_for_unreachable()) << "its stream ends";
  EXPECT_TRUE(b.inbox.received().empty());
}

TEST(Transport, AnotherClusterAndAnotherDiskAreRefused) {
  Member a(1), other(2, "another cluster"), wiped(3, "cluster", "fresh disk");
  a.transport->set_peers({{other.id, other.as_peer()}, {wiped.id, wiped.as_peer()}});
  for (Member* member : {&other, &wiped}) {
    member->transport->set_peers({{a.id, a.as_peer()}});
    member->transport->send(heartbeat(*member, a, 1));
    EXPECT_TRUE(member->inbox.wait_for_unreachable());
  }
  EXPECT_TRUE(a.inbox.received().empty());
}

// names on the wire changed; clients were silently redirected
TEST(Transport, ProtocolVersionsOutsideOfTheRangeAreRefusedCountedAndLogged) {
  constexpr uint32_t kNext = kProtocolMax + 1;
  Member a(1), next(Hello{"cluster", NodeId{2}, "disk", kNext, kNext + 4});
  introduce(a, next);
  const int64_t refused_before = a.transport->counts().refused_streams;
  testing::internal::CaptureStderr();
  ASSERT_TRUE(next.transport->send(heartbeat(next, a, 1)));
  EXPECT_TRUE(next.inbox.wait_for_unreachable()) << "its stream ends";
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("it speaks protocol versions " + std::to_string(kNext) + " to"), std::string::npos) << logged;
  EXPECT_EQ(a.transport->counts().refused_streams, refused_before + 1);
  EXPECT_TRUE(a.inbox.received().empty()) << "the core hears nothing of it";
  Member both(Hello{"cluster", NodeId{2}, "disk", kProtocolMax, kNext});
  introduce(a, both);
  EXPECT_TRUE(deliver(both, a, 2)) << "it speaks ours, too";
}

TEST(Transport, ARemovedPeerIsNoLongerHeard) {
  Member a(1), b(2);
  introduce(a, b);
  ASSERT_TRUE(deliver(a, b, 1));
  b.transport->set_peers({});
  const auto before = b.inbox.received().size();
  a.transport->send(heartbeat(a, b, 2));
  EXPECT_TRUE(a.inbox.wait_for_unreachable());
  EXPECT_EQ(b.inbox.received().size(), before);
}

TEST(Transport, CredentialsRotateWhileMessagesGoOn) {
  Member a(1), b(2);
  introduce(a, b);
  ASSERT_TRUE(deliver(a, b, 1));
  const TransportCredentials next = fresh_credentials();
  Peer both = b.as_peer();
  both.certificates.push_back(next.certificate);
  a.transport->set_peers({{b.id, both}});
  const int port = b.transport->port();
  ASSERT_TRUE(b.transport->rotate(next).ok());
  EXPECT_EQ(b.transport->port(), port);
  EXPECT_TRUE(deliver(a, b, 2)) << "over a connection made with the earlier certificate, or a new one";
  EXPECT_TRUE(deliver(b, a, 3)) << "b speaks with its new certificate";
  b.transport->end_overlap();
  Peer only_new = b.as_peer();
  only_new.certificates = {next.certificate};
  a.transport->set_peers({{b.id, only_new}});
  EXPECT_TRUE(deliver(a, b, 4));
  EXPECT_TRUE(deliver(b, a, 5));
}

TEST(Transport, ASnapshotIsFetchedPieceByPiece) {
  Member a(1), b(2);
  introduce(a, b);
  a.inbox.pieces = 12;
  std::string seen;
  const auto whole = b.transport->fetch_snapshot(a.id, {GroupId{1}, {Index{9}, Term{2}}, ""}, [&](const SnapshotPiece& piece) {
    EXPECT_EQ(piece.records.size(), size_t{1} << 20);
    seen += piece.records[0];
    return base::Status{};
  });
  EXPECT_TRUE(whole.ok());
  EXPECT_EQ(seen, "abcdefghijkl");
}

TEST(Transport, ABrokenFetchGoesOnBehindTheLastKey) {
  Member a(1), b(2);
  introduce(a, b);
  a.inbox.pieces = 6;
  std::string seen, last_key;
  const auto take = [&](const SnapshotPiece& piece) -> base::Status {
    if (seen.size() == 3 && last_key != "resumed") return base::internal("no room here");
    seen += piece.records[0];
    if (last_key != "resumed") last_key = piece.last_key;
    return {};
  };
  EXPECT_EQ(b.transport->fetch_snapshot(a.id, {GroupId{1}, {}, ""}, take).error().message(), "no room here");
  const std::string after = std::exchange(last_key, "resumed");
  EXPECT_TRUE(b.transport->fetch_snapshot(a.id, {GroupId{1}, {}, after}, take).ok());
  EXPECT_EQ(seen, "abcdef");
}

TEST(Transport, AnAddressInUseIsAnError) {
  Member a(1);
  Inbox inbox;
  const auto second = Transport::start("127.0.0.1:" + std::to_string(a.transport->port()),
                                       Hello{"cluster", NodeId{2}, "d"}, fresh_credentials(), inbox);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), base::Code::unavailable);
}

TEST(Transport, RestsWithoutItsKeyAndComesBackWithIt) {
  Member a(1), b(2);
  introduce(a, b);
  EXPECT_TRUE(deliver(a, b, 1));
  const int port = b.transport->port();
  b.transport->rest();
  EXPECT_FALSE(b.transport->send(heartbeat(b, a, 2)));
  Inbox inbox;
  EXPECT_TRUE(Transport::start("127.0.0.1:" + std::to_string(port), Hello{"cluster", NodeId{3}, "d"}, fresh_credentials(), inbox).ok())
      << "nothing listens there";
  ASSERT_TRUE(b.transport->resume(b.credentials).ok());
  EXPECT_EQ(b.transport->port(), port);
  introduce(a, b);
  EXPECT_TRUE(deliver(a, b, 3));
  EXPECT_TRUE(deliver(b, a, 4));
}

// Connections that only a kernel answers, or nobody.
class RawConnections {
 public:
  ~RawConnections() {
    for (const int socket : sockets_) close(socket);
  }
  int open(int port) {
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) abort();
    sockets_.push_back(made);
    return made;
  }
  // How many of them the other side has ended by now.
  size_t ended() const {
    size_t count = 0;
    char byte;
    for (const int socket : sockets_) {
      const ssize_t got = recv(socket, &byte, 1, MSG_DONTWAIT);
      count += got == 0 || (got < 0 && errno == ECONNRESET);
    }
    return count;
  }

 private:
  std::vector<int> sockets_;
};

TEST(Transport, GarbageIsRefusedAndCounted) {
  Member a(1), b(2);
  introduce(a, b);
  const int64_t refused_before = a.transport->counts().refused_streams;
  RawConnections raw;
  const std::string garbage(4096, 'g');
  const int socket = raw.open(a.transport->port());
  ASSERT_EQ(send(socket, garbage.data(), garbage.size(), MSG_NOSIGNAL), static_cast<ssize_t>(garbage.size()));
  char answer[256];
  while (recv(socket, answer, sizeof answer, 0) > 0) {
  }  // TLS says that it is none, and the connection ends
  EXPECT_TRUE(deliver(b, a, 1)) << "others go on";
  EXPECT_EQ(a.transport->counts().refused_streams, refused_before + 1);
}

TEST(Transport, AFloodOfSilentConnectionsIsBoundedAndMembersGoOn) {
  Member a(1), b(2);
  introduce(a, b);
  ASSERT_TRUE(deliver(b, a, 1));
  RawConnections raw;
  constexpr size_t kFlood = 200;
  testing::internal::CaptureStderr();
  for (size_t i = 0; i < kFlood; ++i) raw.open(a.transport->port());
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (raw.ended() < kFlood - base::kUnprovedConnectionsMax && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_GE(raw.ended(), kFlood - base::kUnprovedConnectionsMax);
  EXPECT_TRUE(deliver(b, a, 2)) << "who was connected stays so";
  const std::string logged = testing::internal::GetCapturedStderr();
  const std::string remark = "too many connections to the cluster port";
  const size_t first = logged.find(remark);
  EXPECT_TRUE(first == std::string::npos || logged.find(remark, first + 1) == std::string::npos) << logged;
}

// A driver answers on the thread of the transport that brings a message; the peers may change at that moment.
TEST(Transport, PeersChangeWhileAnswersAreSentFromWithinTheReceiver) {
  Member a(1), b(2);
  introduce(a, b);
  b.inbox.answer_with([&] { b.transport->send(heartbeat(b, a, 2)); });
  for (int round = 0; round < 100; ++round) {
    a.transport->send(heartbeat(a, b, 1));
    b.transport->set_peers({});
    b.transport->set_peers({{a.id, a.as_peer()}});
  }
  EXPECT_TRUE(deliver(a, b, 1));
  b.inbox.answer_with(nullptr);
}

TEST(Transport, StopsWhileMessagesFly) {
  for (int round = 0; round < 5; ++round) {
    Member a(1), b(2);
    introduce(a, b);
    for (int i = 0; i < 20; ++i) {
      a.transport->send(append(a, b, 1000));
      b.transport->send(heartbeat(b, a, 1));
    }
    (round % 2 == 0 ? a : b).transport.reset();
  }
}

}  // namespace
}  // namespace bao::raft
