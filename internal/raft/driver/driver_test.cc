// Drivers with real log stores and a state machine in memory; messages go from one to another within the process. Waits
// are for answers, never for time.
#include "internal/raft/driver/driver.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/raft/driver/commit_news.h"
#include "internal/raft/driver/held_proposals.h"
#include "internal/raft/driver/log_writer.h"
#include "internal/raft/driver/tick_schedule.h"

namespace bao::raft {
namespace {

// Keeps every payload in order. "refuse…" is answered with conflict, as a failed condition is.
class ListMachine final : public StateMachine {
 public:
  AppliedPosition applied() const override {
    base::MutexLock lock(mutex_);
    return at_;
  }
  HeldState held() const override {
    base::MutexLock lock(mutex_);
    return {{at_.position, at_.chain, configuration_, configuration_index_}, installed_last_};
  }
  Index durable() const override { return applied().position.index; }
  base::Result<std::vector<base::Status>> apply(std::span<const EntryPtr> entries) override {
    base::MutexLock lock(mutex_);
    if (full_ > 0) {
      --full_;
      return base::Error(base::Code::unavailable, "no room");
    }
    std::vector<base::Status> results;
    for (const EntryPtr& entry : entries) {
      EXPECT_EQ(entry->index, at_.position.index + 1) << "in order, each once";
      const bool refuses = entry->payload.starts_with("refuse");
      results.push_back(refuses ? base::Status(base::Error(base::Code::conflict, "as asked")) : base::Status{});
      if (entry->kind == EntryKind::data && !refuses) list_.push_back(entry->payload);
      at_ = {{entry->index, entry->term}, entry->chain};
      installed_last_ = false;
      if (entry->kind != EntryKind::configuration) continue;
      configuration_ = *decode_configuration(entry->payload);
      configuration_index_ = entry->index;
    }
    return results;
  }
  void rest() override {}
  base::Result<std::unique_ptr<SnapshotReader>> snapshot() override {
    base::MutexLock lock(mutex_);
    SnapshotMeta meta{at_.position, at_.chain, configuration_, configuration_index_};
    return std::unique_ptr<SnapshotReader>(std::make_unique<Reader>(meta, list_));
  }
  base::Result<std::string> begin_install(const SnapshotMeta& meta) override {
    if (installing_ != meta) incoming_.clear();
    installing_ = meta;
    return incoming_.empty() ? std::string() : key_of(incoming_.size());
  }
  base::Status install(const SnapshotPiece& piece) override {
    if (!piece.records.empty()) incoming_.push_back(piece.records);
    return {};
  }
  base::Status finish_install(const SnapshotMeta& meta) override {
    base::MutexLock lock(mutex_);
    list_ = std::move(incoming_);
    incoming_.clear();
    at_ = {meta.last, meta.chain};
    configuration_ = meta.configuration;
    configuration_index_ = meta.configuration_index;
    ++installed_;
    installed_last_ = true;
    return {};
  }
  int installed() const {
    base::MutexLock lock(mutex_);
    return installed_;
  }

  std::vector<std::string> list() const {
    base::MutexLock lock(mutex_);
    return list_;
  }
  void refuse_for_lack_of_room(int times) {
    base::MutexLock lock(mutex_);
    full_ = times;
  }

 private:
  // A record a piece; its key is its number.
  class Reader final : public SnapshotReader {
   public:
    Reader(SnapshotMeta meta, std::vector<std::string> list) : meta_(std::move(meta)), list_(std::move(list)) {}
    const SnapshotMeta& meta() const override { return meta_; }
    base::Result<SnapshotPiece> read(std::string_view after) override {
      const size_t next = after.empty() ? 0 : std::stoul(std::string(after));
      if (next >= list_.size()) return SnapshotPiece{"", std::string(after), true};
      return SnapshotPiece{list_[next], key_of(next + 1), next + 1 == list_.size()};
    }

   private:
    const SnapshotMeta meta_;
    const std::vector<std::string> list_;
  };
  static std::string key_of(size_t count) { return std::to_string(count); }

  mutable base::Mutex mutex_{base::Rank::engine};
  AppliedPosition at_;
  Configuration configuration_;
  Index configuration_index_;
  std::vector<std::string> list_;
  int full_ = 0, installed_ = 0;
  bool installed_last_ = false;
  std::optional<SnapshotMeta> installing_;  // of the applier thread
  std::vector<std::string> incoming_;
};

class Cluster {
 public:
  explicit Cluster(size_t size, uint64_t keep_entries = 10'240, std::chrono::milliseconds offer = std::chrono::minutes(1))
      : trailing_entries(keep_entries), snapshot_offer(offer) {
    std::string folder = testing::TempDir() + "driver-XXXXXX";
    if (!mkdtemp(folder.data())) abort();
    folder_ = folder;
    std::map<NodeId, std::string> contexts;
    for (uint64_t id = 1; id <= size; ++id) contexts[NodeId{id}] = "node";
    const Configuration first = *first_configuration(contexts);
    for (uint64_t id = 1; id <= size; ++id) {
      members_[NodeId{id}] = std::make_unique<Member>();
      open(NodeId{id}, &first);
    }
  }
  ~Cluster() {
    for (auto& [id, member] : members_) stop(id);
    std::filesystem::remove_all(folder_);
  }

  // Starts a driver on what the disk holds; the first time with a configuration as its first entry.
  void open(NodeId id, const Configuration* first = nullptr) {
    Member& member = *members_[id];
    const std::string file = folder_ + "/" + std::to_string(id.value) + ".db";
    member.log = std::move(LogStore::open(file, sha256_chain, {})).value();
    if (first) bootstrap(*member.log, *first);
    DriverOptions options;
    options.core.group = GroupId{1};
    options.core.id = id;
    options.core.seed = id.value + 40;
    options.core.chain = sha256_chain;
    options.tick = std::chrono::milliseconds(5);
    options.upkeep = std::chrono::milliseconds(20);
    options.snapshot_offer = snapshot_offer;
    options.core.election_ticks = 20;
    options.trailing.entries = trailing_entries;
    if (!named.empty()) options.replace_members = [this](const Configuration& known) { return only_named(known); };
    Carrier carrier;
    carrier.send = [this](const Envelope& e) { return carry(e); };
    carrier.fetch_snapshot = [this, id](NodeId from, GroupId, Position last, const std::string& after, const TakePiece& take) {
      return fetch(from, id, last, after, take);
    };
    auto driver = Driver::start(options, *member.log, member.machine, carrier);
    ASSERT_TRUE(driver.ok()) << driver.error().message();
    base::MutexLock lock(mutex_);
    member.driver = std::move(*driver);
  }
  base::Status start_with(NodeId id, StateMachine& machine) {
    auto log = LogStore::open(folder_ + "/" + std::to_string(id.value) + ".db", sha256_chain, {});
    DriverOptions options;
    options.core.group = GroupId{1};
    options.core.id = id;
    options.core.chain = sha256_chain;
    const auto driver = Driver::start(options, **log, machine, {[](const Envelope&) { return false; }, {}});
    return driver.ok() ? base::Status{} : base::Status(driver.error());
  }
  void stop(NodeId id) {
    std::unique_ptr<Driver> ending;
    {
      base::MutexLock lock(mutex_);
      ending = std::move(members_[id]->driver);
    }
    ending.reset();
    members_[id]->log.reset();
  }
  const uint64_t trailing_entries;
  const std::chrono::milliseconds snapshot_offer;
  std::atomic<int> break_after_pieces{-1}, offers_to_lose{0};
  std::set<NodeId> named;  // who starts knows no others; empty: what the log says
  Driver& driver(uint64_t id) { return *members_[NodeId{id}]->driver; }
  ListMachine& machine(uint64_t id) { return members_[NodeId{id}]->machine; }
  void isolate(uint64_t id) {
    base::MutexLock lock(mutex_);
    isolated_.insert(NodeId{id});
  }
  void heal() {
    base::MutexLock lock(mutex_);
    isolated_.clear();
  }
  // Proposes through whoever leads until it is committed.
  Index commit(const std::string& payload) {
    while (true) {
      for (auto& [id, member] : members_) {
        if (!member->driver || isolated(id)) continue;
        if (const auto index = member->driver->propose(payload); index.ok()) return *index;
      }
      std::this_thread::yield();
    }
  }
  uint64_t leader() {
    while (true) {
      for (auto& [id, member] : members_) {
        if (!member->driver || isolated(id)) continue;
        const auto status = member->driver->status();
        if (status.ok() && status->view.role == Role::leader && status->view.term_committed) return id.value;
      }
      std::this_thread::yield();
    }
  }

 private:
  struct Member {
    ListMachine machine;
    std::unique_ptr<LogStore> log;
    std::unique_ptr<Driver> driver;
  };
  base::Result<std::optional<Configuration>> only_named(const Configuration& known) const {
    Configuration left;
    for (const NodeId id : named) {
      left.members[id] = known.members.at(id);
      left.voters.insert(id);
    }
    return std::optional(left);
  }
  static void bootstrap(LogStore& log, const Configuration& first) {
    auto entry = std::make_shared<Entry>(Entry{Index{1}, Term{1}, EntryKind::configuration, encode(first), {}});
    entry->chain = sha256_chain({}, *entry);
    LogWrite write{GroupId{1}, {}, {}, {entry}, HardState{Term{1}, kNobody, Index{1}}};
    ASSERT_TRUE(log.write({&write, 1}).ok());
  }
  base::Status fetch(NodeId from, NodeId to, Position last, const std::string& after, const TakePiece& take) {
    Driver* driver = nullptr;
    {
      base::MutexLock lock(mutex_);
      if (!isolated_.contains(from) && !isolated_.contains(to)) driver = members_[from]->driver.get();
    }
    if (!driver) return base::Error(base::Code::unavailable, "no way there");
    int pieces = 0;
    return driver->serve_snapshot(to, last, after, [&](const SnapshotPiece& piece) -> base::Status {
      if (int wanted = ++pieces; break_after_pieces.compare_exchange_strong(wanted, -1)) return base::Error(base::Code::unavailable, "broken, as asked");
      return take(piece);
    });
  }
  bool isolated(NodeId id) {
    base::MutexLock lock(mutex_);
    return isolated_.contains(id);
  }
  bool carry(const Envelope& envelope) {
    base::MutexLock lock(mutex_);
    if (isolated_.contains(envelope.from) || isolated_.contains(envelope.to)) return true;  // lost on its way
    if (std::holds_alternative<SnapshotOffer>(envelope.message) && offers_to_lose.fetch_sub(1) > 0) return true;
    const auto to = members_.find(envelope.to);
    if (to == members_.end() || !to->second->driver) return false;
    to->second->driver->deliver(envelope);
    return true;
  }

  std::string folder_;
  std::map<NodeId, std::unique_ptr<Member>> members_;
  base::Mutex mutex_{base::Rank::core_state};
  std::set<NodeId> isolated_;
};

TEST(Driver, OneNodeCommitsAlone) {
  Cluster cluster(1);
  const Index first = cluster.commit("a");
  const Index second = *cluster.driver(1).propose("b");
  EXPECT_LT(first, second);
  EXPECT_EQ(cluster.machine(1).list(), (std::vector<std::string>{"a", "b"}));
  EXPECT_GE(*cluster.driver(1).read_index(), second);
}

TEST(Driver, EveryChangeOfStateIsALineOfTheTrace) {
  const base::LogLevel before = base::log_level();
  const int lines = memfd_create("trace", MFD_CLOEXEC);
  ASSERT_GE(lines, 0);
  base::set_log_descriptor(lines);
  base::set_log_level(base::LogLevel::trace);
  {
    Cluster cluster(1);
    cluster.commit("a");
  }
  base::set_log_level(before);
  base::set_log_descriptor(STDERR_FILENO);
  std::string text(static_cast<size_t>(lseek(lines, 0, SEEK_END)), ' ');
  ASSERT_EQ(pread(lines, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  close(lines);
  for (const char* event : {"become_pre_candidate: node=1 role=pre_candidate", "become_candidate: node=1 role=candidate",
                            "become_leader: node=1 role=leader", "propose: node=1 role=leader", "commit: node=1 role=leader"})
    EXPECT_NE(text.find("[TRACE] raft: " + std::string(event)), std::string::npos) << event << " in\n" << text;
}

TEST(Driver, TheProposerGetsTheAnswerOfTheStateMachine) {
  Cluster cluster(1);
  cluster.commit("a");
  const auto refused = cluster.driver(1).propose("refuse this");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::conflict);
}

TEST(Driver, WhatWasAcknowledgedIsThereAfterARestart) {
  Cluster cluster(1);
  cluster.commit("a");
  cluster.commit("b");
  cluster.stop(NodeId{1});
  cluster.open(NodeId{1});
  cluster.commit("c");
  EXPECT_EQ(cluster.machine(1).list(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Driver, TwoOfFiveThatAreNamedGoOnWithWhatTheMoreAdvancedHas) {
  Cluster cluster(5);
  cluster.commit("a");
  cluster.isolate(5);
  cluster.commit("b");
  while (cluster.machine(4).list().size() < 2) std::this_thread::yield();
  for (uint64_t id = 1; id <= 5; ++id) cluster.stop(NodeId{id});
  cluster.heal();
  cluster.named = {NodeId{4}, NodeId{5}};
  cluster.open(NodeId{4});
  cluster.open(NodeId{5});
  cluster.commit("c");
  while (cluster.machine(5).list().size() < 3) std::this_thread::yield();
  EXPECT_EQ(cluster.machine(5).list(), (std::vector<std::string>{"a", "b", "c"}));
  // Once the log says who they are, nobody has to be named any more.
  ASSERT_TRUE(cluster.driver(cluster.leader()).change({{ChangeStep::Kind::update_context, NodeId{4}, "left"}}).ok());
  cluster.named.clear();
  for (uint64_t id : {4u, 5u}) cluster.stop(NodeId{id});
  for (uint64_t id : {4u, 5u}) cluster.open(NodeId{id});
  cluster.commit("d");
  EXPECT_EQ(cluster.driver(4).status()->configuration.voters, (std::set<NodeId>{NodeId{4}, NodeId{5}}));
}

TEST(Driver, ALogThatDoesNotFitTheStateIsRefused) {
  Cluster cluster(1);
  cluster.commit("a");
  cluster.stop(NodeId{1});
  ListMachine other;  // a state machine that applied something else at index 1
  auto entry = std::make_shared<Entry>(Entry{Index{1}, Term{9}, EntryKind::data, "x", {}});
  ASSERT_TRUE(other.apply(Entries{entry}).ok());
  const auto refused = cluster.start_with(NodeId{1}, other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::corrupt);
}

TEST(Driver, ThreeNodesAgreeAndEachConfirmsReads) {
  Cluster cluster(3);
  Index last;
  for (int i = 0; i < 20; ++i) last = cluster.commit(std::to_string(i));
  for (uint64_t id = 1; id <= 3; ++id) {
    auto index = cluster.driver(id).read_index();
    while (!index.ok()) index = cluster.driver(id).read_index();
    EXPECT_GE(*index, last);
    EXPECT_EQ(cluster.machine(id).list().size(), 20u) << "what is confirmed is applied here";
  }
}

TEST(Driver, AnIsolatedLeaderIsReplacedAndItsChangeIsNotMadeTwice) {
  Cluster cluster(3);
  cluster.commit("before");
  const uint64_t old_leader = cluster.leader();
  cluster.isolate(old_leader);
  std::thread alone([&] {
    const auto result = cluster.driver(old_leader).propose("alone");
    EXPECT_FALSE(result.ok());
  });
  cluster.commit("after");
  cluster.heal();
  alone.join();  // answered when the new leader's entry takes its place
  const uint64_t leader = cluster.leader();
  EXPECT_EQ(cluster.machine(leader).list(), (std::vector<std::string>{"before", "after"}));
}

TEST(Driver, WhoProposedToALeaderThatIsCutOffHearsThatItIsUncertain) {
  Cluster cluster(3);
  cluster.commit("before");
  const uint64_t old_leader = cluster.leader();
  cluster.isolate(old_leader);
  EXPECT_EQ(cluster.driver(old_leader).propose("alone").error().code(), base::Code::uncertain) << "nobody heals the network";
  cluster.commit("after");
}

TEST(Driver, LeadershipMovesWhenAsked) {
  Cluster cluster(3);
  cluster.commit("a");
  const uint64_t from = cluster.leader();
  const NodeId to{from % 3 + 1};
  // A disk that hangs for a moment makes it end without a change; whoever leads is asked again.
  while (cluster.driver(to.value).status()->view.role != Role::leader)
    (void)cluster.driver(cluster.leader()).transfer_leadership(to);
}

TEST(Driver, ManyProposersShareWrites) {
  Cluster cluster(1);
  cluster.commit("first");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&cluster, t] {
      for (int i = 0; i < 25; ++i) EXPECT_TRUE(cluster.driver(1).propose(std::to_string(t)).ok());
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cluster.machine(1).list().size(), 201u);
}

TEST(Driver, ApplyingWaitsForRoomOnTheDisk) {
  Cluster cluster(1);
  cluster.commit("a");
  cluster.machine(1).refuse_for_lack_of_room(1'000'000);
  EXPECT_EQ(cluster.driver(1).propose("b").error().code(), base::Code::uncertain) << "nobody waits for a full disk";
  cluster.machine(1).refuse_for_lack_of_room(0);
  cluster.commit("c");
  EXPECT_EQ(cluster.machine(1).list(), (std::vector<std::string>{"a", "b", "c"})) << "it was agreed on";
}

// The log of the others was trimmed meanwhile, so the entries that it lacks are gone.
TEST(Driver, AMemberThatWasAwayForLongGetsASnapshot) {
  Cluster cluster(3, 10);
  cluster.commit("first");
  const uint64_t away = cluster.leader() % 3 + 1;
  cluster.isolate(away);
  for (int i = 0; i < 60; ++i) cluster.commit(std::to_string(i));
  while (cluster.driver(cluster.leader()).status()->view.start.position.index < Index{40}) cluster.commit("more");
  base::Counter& forgotten = base::counter("raft.snapshot.offers_forgotten");
  const int64_t before = forgotten.value();
  cluster.break_after_pieces = 5;  // of the first stream: the second one goes on behind it
  cluster.heal();
  const Index last = cluster.commit("last");
  while (cluster.driver(away).applied() < last) std::this_thread::yield();
  EXPECT_GE(cluster.machine(away).installed(), 1);
  EXPECT_EQ(cluster.machine(away).list(), cluster.machine(cluster.leader()).list());
  EXPECT_EQ(forgotten.value(), before) << "no other offer was needed";
}

TEST(Driver, ASnapshotIsOfferedAgainWhenTheOfferWasLost) {
  Cluster cluster(3, 10, std::chrono::milliseconds(100));
  cluster.commit("first");
  const uint64_t away = cluster.leader() % 3 + 1;
  cluster.isolate(away);
  for (int i = 0; i < 60; ++i) cluster.commit(std::to_string(i));
  while (cluster.driver(cluster.leader()).status()->view.start.position.index < Index{40}) cluster.commit("more");
  base::Counter& forgotten = base::counter("raft.snapshot.offers_forgotten");
  const int64_t before = forgotten.value();
  cluster.offers_to_lose = 1;
  cluster.heal();
  const Index last = cluster.commit("last");
  while (cluster.driver(away).applied() < last) std::this_thread::yield();
  EXPECT_GE(cluster.machine(away).installed(), 1);
  EXPECT_GT(forgotten.value(), before);
}

TEST(Driver, StoppingAnswersWhoeverWaits) {
  for (int round = 0; round < 10; ++round) {
    Cluster cluster(3);
    const uint64_t leader = cluster.leader();
    cluster.isolate(leader);
    Driver& driver = cluster.driver(leader);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&driver] { EXPECT_FALSE(driver.propose("x").ok()); });
      threads.emplace_back([&driver] { EXPECT_FALSE(driver.read_index().ok()); });
    }
    driver.stop();
    for (std::thread& thread : threads) thread.join();
  }
}

// Called once, in the midst of a step: the core computes the chain of an entry then.
std::function<void()> amid_step;
Chain interrupted_chain(const Chain& before, const Entry& entry) {
  if (const auto interrupt = std::exchange(amid_step, nullptr)) interrupt();
  return sha256_chain(before, entry);
}

// Or the entry of an old leader is taken and acknowledged in the term of the new one (hashicorp/raft #695).
TEST(Driver, AHeartbeatThatComesAmidAStepWaitsForItsEnd) {
  std::string folder = testing::TempDir() + "driver-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    const auto log = std::move(LogStore::open(folder + "/log.db", sha256_chain, {})).value();
    ListMachine machine;
    DriverOptions options;
    options.core.group = GroupId{1};
    options.core.id = NodeId{1};
    options.core.chain = interrupted_chain;
    std::promise<Envelope> answer;
    const auto send = [&](const Envelope& envelope) {
      if (std::holds_alternative<AppendReply>(envelope.message)) answer.set_value(envelope);
      return true;
    };
    const auto driver = std::move(Driver::start(options, *log, machine, {send, {}})).value();
    amid_step = [&] {
      std::thread([&] { driver->deliver_here({GroupId{1}, NodeId{3}, NodeId{1}, Term{2}, Heartbeat{}}); }).join();
    };
    auto entry = std::make_shared<Entry>(Entry{Index{1}, Term{1}, EntryKind::data, "of the old leader", {}});
    entry->chain = sha256_chain({}, *entry);
    driver->deliver({GroupId{1}, NodeId{2}, NodeId{1}, Term{1}, Append{{}, {}, {}, {entry}, {}}});
    const Envelope acknowledged = answer.get_future().get();
    EXPECT_EQ(acknowledged.to, NodeId{2});
    EXPECT_EQ(acknowledged.term, Term{1}) << "in the term in which it was appended";
    while (driver->status()->view.term < Term{2}) std::this_thread::yield();
    EXPECT_EQ(driver->status()->view.leader, NodeId{3});
    driver->stop();
  }
  std::filesystem::remove_all(folder);
}

// Fsyncs are compared with it.
TEST(LogWriter, ABatchOfMessagesAloneIsNoWrite) {
  std::string folder = testing::TempDir() + "log-writer-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    const auto store = std::move(LogStore::open(folder + "/log.db", sha256_chain, {})).value();
    std::vector<Envelope> sent;
    LogWriterEvents events;
    events.send = [&](std::vector<Envelope>& messages) { sent = messages; };
    events.done = [](AppendSequence, AppendSequence) {};
    LogWriter writer(*store, GroupId{1}, std::move(events));
    const int64_t before = base::counter("raft.log.writes").value();
    AppendBatch batch{AppendSequence{1}, {}, {}, {}, {}, {}};
    batch.send_after.push_back({GroupId{1}, NodeId{1}, NodeId{2}, Term{1}, VoteReply{false}});
    writer.append(std::move(batch));
    writer.help();
    EXPECT_EQ(sent.size(), 1u);
    EXPECT_EQ(base::counter("raft.log.writes").value(), before);
    AppendBatch vote{AppendSequence{2}, {}, {}, {}, HardState{Term{1}, NodeId{2}, {}}, {}};
    writer.append(std::move(vote));
    writer.help();
    EXPECT_EQ(base::counter("raft.log.writes").value(), before + 1);
    writer.stop();
  }
  std::filesystem::remove_all(folder);
}

Envelope news_of(uint64_t commit) {
  return {GroupId{1}, NodeId{1}, NodeId{2}, Term{1}, Heartbeat{Session{1}, Index{commit}, 0, true}};
}

TEST(HeldProposals, WhatComesWhileTheLogIsWrittenIsProposedTogetherAfterwards) {
  HeldProposals held;
  std::string payload;
  const auto add = [&] { held.add({&payload, {}, std::make_shared<Waiter<Index>>()}); };
  const auto batch = [](uint64_t sequence, bool entries) {
    AppendBatch made;
    made.sequence = AppendSequence{sequence};
    if (entries) made.entries.push_back(std::make_shared<Entry>());
    return made;
  };
  add();
  EXPECT_EQ(held.take().size(), 1u) << "the log rests";
  held.writes(batch(1, true));
  held.writes(batch(2, true));
  held.writes(batch(3, false));
  add();
  add();
  held.written(AppendSequence{1});
  EXPECT_TRUE(held.take().empty());
  held.written(AppendSequence{2});
  EXPECT_EQ(held.take().size(), 2u) << "messages alone are no write";
  held.writes(batch(4, true));
  add();
  held.let_go();
  EXPECT_EQ(held.take().size(), 1u);
  const auto waiter = std::make_shared<Waiter<Index>>();
  held.add({&payload, {}, waiter});
  held.end(base::Error(base::Code::unavailable, "stopping"));
  EXPECT_EQ(waiter->wait().error().code(), base::Code::unavailable);
}

TEST(CommitNews, LeaveAtOnceUntilAnAppendFollowsSoon) {
  CommitNews news;
  const auto begin = std::chrono::steady_clock::now();
  const auto at = [&](int us) { return begin + std::chrono::microseconds(us); };
  const Envelope append{GroupId{1}, NodeId{1}, NodeId{2}, Term{1}, Append{}};
  EXPECT_FALSE(news.hold(news_of(1), at(0)));
  news.applied(Index{1}, at(50));
  EXPECT_FALSE(news.hold(append, at(5000))) << "late: nothing would have been saved";
  EXPECT_FALSE(news.hold(news_of(2), at(6000)));
  news.applied(Index{2}, at(8000));
  EXPECT_FALSE(news.hold(append, at(8100)));
  EXPECT_TRUE(news.hold(news_of(3), at(9000))) << "an append came right after the last ones were applied";
  EXPECT_TRUE(news.take(at(9400)).empty()) << "its proposer has no answer yet";
  news.applied(Index{3}, at(9500));
  EXPECT_TRUE(news.take(at(9600)).empty());
  EXPECT_FALSE(news.hold(append, at(9700)));
  EXPECT_TRUE(news.take(at(20000)).empty()) << "the append told it";
  EXPECT_TRUE(news.hold(news_of(4), at(11000)));
  EXPECT_TRUE(news.hold(news_of(5), at(11100)));
  news.applied(Index{5}, at(11200));
  EXPECT_TRUE(news.held_lately());
  const auto left = news.take(at(12000));
  EXPECT_FALSE(news.held_lately());
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(std::get<Heartbeat>(left[0].message).commit, Index{5});
  EXPECT_FALSE(news.hold(news_of(6), at(13000))) << "no append came";
}

TEST(TickSchedule, TimeThatWasSleptThroughCountsOnce) {
  const TickSchedule::Time start{};
  TickSchedule schedule(start, std::chrono::milliseconds(20), 5);
  using std::chrono::milliseconds;
  EXPECT_EQ(schedule.due(start + milliseconds(19)), 0);
  EXPECT_EQ(schedule.due(start + milliseconds(20)), 1);
  EXPECT_EQ(schedule.due(start + milliseconds(101)), 4) << "a slow loop makes up for it";
  EXPECT_EQ(schedule.due(start + milliseconds(60'000)), 1) << "a paused process does not";
  EXPECT_EQ(schedule.due(start + milliseconds(60'010)), 0);
  EXPECT_EQ(schedule.stalls(), 1);
}

}  // namespace
}  // namespace bao::raft
