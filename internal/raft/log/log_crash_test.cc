// Power is lost at every write-like call of the file layer in turn, all through a workload of appends, truncations,
// compactions, resets and checkpoints over several groups. After each loss the log holds everything whose write() returned,
// and nothing else but whole batches.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "internal/raft/log/log_test_world.h"

namespace bao::raft {
namespace {

using Operation = sqlite::FaultVfs::Operation;

struct GroupModel {
  Writer writer;
  HardState hard;
  Configuration configuration;  // at the start
  Index configuration_index;
};
using Model = std::map<GroupId, GroupModel>;

// One call of the log, and what is there after it.
struct Step {
  enum class Kind { write, compact, checkpoint, identity } kind;
  std::vector<LogWrite> writes;
  GroupId group{};
  Index up_to{};
  Model after;
};

class Workload {
 public:
  explicit Workload(uint64_t seed) : random_(seed) {
    steps.push_back({Step::Kind::identity, {}, {}, {}, {}});
    for (int i = 0; i < 22; ++i) add();
  }
  std::vector<Step> steps;

 private:
  uint64_t below(uint64_t n) { return random_() % n; }

  void add() {
    Step step{Step::Kind::write, {}, GroupId{static_cast<uint32_t>(below(3) + 1)}, {}, {}};
    const uint64_t kind = below(10);
    GroupModel& group = model_[step.group];
    group.writer.group = step.group;
    if (kind < 2 && !group.writer.entries.empty()) {
      compact(group, step);
    } else if (kind == 2) {
      step.kind = Step::Kind::checkpoint;
    } else if (kind == 3) {
      step.writes.push_back(reset(group));
    } else {
      for (uint32_t g = step.group.value; g <= 3; ++g) step.writes.push_back(change(model_[GroupId{g}], GroupId{g}));
    }
    step.after = model_;
    steps.push_back(std::move(step));
  }

  LogWrite change(GroupModel& group, GroupId id) {
    group.writer.group = id;
    LogWrite write{id, {}, {}, {}, {}};
    const Index last = group.writer.end.position.index;
    const Index kept = std::max(group.hard.commit, group.writer.start.position.index);  // the hint may lag behind a compaction
    if (last > kept && below(3) == 0) {
      write.truncate_from = group.writer.truncate(kept.value + 1 + below(last.value - kept.value));
      ++group.hard.term.value;
    }
    for (uint64_t n = below(4); n > 0; --n) write.entries.push_back(entry(group));
    group.hard.term = std::max(group.hard.term, group.writer.end.position.term);
    group.hard.vote = NodeId{below(4)};
    group.hard.commit.value += below(group.writer.end.position.index.value - group.hard.commit.value + 1);
    if (below(4) != 0) write.hard = group.hard;
    else group.hard = stored(id);  // this batch carries no hard state
    return write;
  }

  // What the log holds as hard state before this step.
  HardState stored(GroupId id) const {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      if (const auto found = step->after.find(id); found != step->after.end()) return found->second.hard;
    }
    return {};
  }

  EntryPtr entry(GroupModel& group) {
    const uint64_t term = std::max(group.hard.term.value, group.writer.end.position.term.value) + below(2);
    if (below(5) != 0) return group.writer.next(term, std::string(below(6000), static_cast<char>('a' + below(26))));
    return group.writer.next(term, encode(configuration({1 + below(3), 5}, 1 + below(9))), EntryKind::configuration);
  }

  LogWrite reset(GroupModel& group) {
    const Index at = group.writer.end.position.index + below(50);
    const SnapshotMeta meta{{at, Term{group.hard.term.value + 1}}, Chain{static_cast<uint8_t>(below(256))}, configuration({1, 2}, 3), at};
    group.writer.reset(meta);
    group.hard = {Term{group.hard.term.value + 1}, NodeId{2}, at};
    group.configuration = meta.configuration;
    group.configuration_index = meta.configuration_index;
    return {group.writer.group, meta, {}, {}, group.hard};
  }

  void compact(GroupModel& group, Step& step) {
    step.kind = Step::Kind::compact;
    auto& entries = group.writer.entries;
    for (uint64_t n = 1 + below(entries.size()); n > 0; --n) {
      const EntryPtr entry = entries.front();
      entries.erase(entries.begin());
      group.writer.start = {{entry->index, entry->term}, entry->chain};
      if (entry->kind != EntryKind::configuration) continue;
      group.configuration = *decode_configuration(entry->payload);
      group.configuration_index = entry->index;
    }
    step.up_to = group.writer.start.position.index;

  }

  std::mt19937_64 random_;
  Model model_;
};

base::Status run(LogStore& log, const Step& step) {
  switch (step.kind) {
    case Step::Kind::write: return log.write(step.writes);
    case Step::Kind::checkpoint: return log.checkpoint();
    case Step::Kind::identity: return log.set_identity("cluster", NodeId{3});
    case Step::Kind::compact: break;
  }
  ASSIGN_OR_RETURN(const bool more, log.compact(step.group, step.up_to, 1000));
  EXPECT_FALSE(more);
  return {};
}

bool same(const Entries& left, const Entries& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const EntryPtr& a, const EntryPtr& b) {
    return a->index == b->index && a->term == b->term && a->kind == b->kind && a->payload == b->payload && a->chain == b->chain;
  });
}

bool holds(LogStore& log, GroupId id, const GroupModel& model) {
  const auto recovered = log.recover(id, size_t{1} << 30);
  EXPECT_TRUE(recovered.ok()) << recovered.error().message();
  ConfigurationHistory configurations(model.configuration_index, model.configuration);
  for (const EntryPtr& entry : model.writer.entries) {
    if (entry->kind == EntryKind::configuration) configurations.append(entry->index, *decode_configuration(entry->payload));
  }
  return recovered->hard == model.hard && recovered->start == model.writer.start &&
         recovered->last == model.writer.end.position.index && same(recovered->tail, model.writer.entries) &&
         recovered->configurations.current() == configurations.current() &&
         recovered->configurations.current_index() == configurations.current_index();
}

class LogCrashTest : public LogTest {
 protected:
  // Runs the workload until the power is lost; how many steps were acknowledged.
  size_t run_until_the_end(const Workload& workload) {
    auto log = try_open();
    if (!log.ok()) return 0;
    size_t acknowledged = 0;
    while (acknowledged < workload.steps.size() && run(**log, workload.steps[acknowledged]).ok()) ++acknowledged;
    return acknowledged;
  }
  bool holds_after(LogStore& log, const Workload& workload, size_t steps) {
    for (uint32_t g = 1; g <= 3; ++g) {
      GroupModel model{};
      model.writer.group = GroupId{g};
      if (steps > 0 && workload.steps[steps - 1].after.contains(GroupId{g})) model = workload.steps[steps - 1].after.at(GroupId{g});
      if (!holds(log, GroupId{g}, model)) return false;
    }
    return (log.identity().node == NodeId{3}) == (steps > 0);
  }
  void start_over() {
    for (const char* suffix : {"", "-wal", "-shm", ".new", ".new-wal"}) std::filesystem::remove(path + suffix);
  }
};

TEST_F(LogCrashTest, APowerLossAtEveryWriteLosesNothingThatWasAcknowledged) {
  const char* given = std::getenv("RAFT_LOG_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("to repeat: RAFT_LOG_SEED=%llu raft_log_test --gtest_filter='LogCrashTest.*'\n", static_cast<unsigned long long>(seed));
  const Workload workload(seed);
  ASSERT_EQ(run_until_the_end(workload), workload.steps.size()) << "without a fault";
  int64_t losses = 0;
  for (const Operation operation : {Operation::write, Operation::sync, Operation::truncate}) {
    const int64_t calls = vfs.count(operation);
    for (int64_t nth = 1; nth <= calls; ++nth, ++losses) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", operation " + std::to_string(static_cast<int>(operation)) + ", call " + std::to_string(nth));
      start_over();
      vfs.fail(operation, nth, sqlite::FaultVfs::Fault::power_loss);
      const size_t acknowledged = run_until_the_end(workload);
      vfs.lose_unsynced(seed + static_cast<uint64_t>(nth));
      auto log = open();
      ASSERT_NE(log, nullptr);
      const bool exact = holds_after(*log, workload, acknowledged);
      const bool one_more = !exact && acknowledged < workload.steps.size() && holds_after(*log, workload, acknowledged + 1);
      ASSERT_TRUE(exact || one_more) << acknowledged << " steps were acknowledged";
      Writer writer = {GroupId{1}, log->start(GroupId{1}), {}, log->at(GroupId{1}, log->last(GroupId{1}))->value()};
      LogWrite next{GroupId{1}, {}, {}, {writer.next(1000, "next")}, {}};
      ASSERT_TRUE(write(*log, next).ok()) << "and it goes on";
      log = reopen(std::move(log));
      ASSERT_EQ(log->last(GroupId{1}), writer.end.position.index);
    }
  }
  std::printf("%lld power losses\n", static_cast<long long>(losses));
}

}  // namespace
}  // namespace bao::raft
