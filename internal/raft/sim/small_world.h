// Three real cores, their disks and the messages between them, as a value: for the search through everything that can happen
// to a few of them (small_search.h). There is no time: any step that is possible may come next. A message is delivered whenever
// the search likes, or never, which is its loss. Worlds share what a step leaves as it was.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/judge.h"
#include "internal/raft/sim/log_image.h"
#include "internal/raft/sim/small_judge.h"

namespace bao::raft::sim {

// What may happen at most, beyond deliveries and writes.
struct SmallBounds {
  int terms = 2;      // that somebody campaigns in
  int proposals = 2;
  int crashes = 1;
  int timeouts = 3;   // of elections
  int heartbeats = 1;
  size_t messages = 8;  // on their way at once; worlds with more are not followed
};

struct SmallStep {
  enum class Kind : uint8_t { deliver, write, timeout, heartbeat, propose, crash };
  Kind kind;
  uint8_t which;  // the message, or the node (counted from 0)
};

class SmallWorld {
 public:
  static constexpr size_t kNodes = 3;

  // A group that has its first configuration and no leader yet.
  explicit SmallWorld(const SmallBounds& bounds);
  // Node 1 is elected, and everybody knows; then the bounds count anew.
  void elect_first();

  std::vector<SmallStep> steps() const;
  std::string describe(const SmallStep& step) const;
  void take(const SmallStep& step);
  bool too_many_messages() const { return messages_.size() > left_.messages; }
  // Equal for equal worlds.
  uint64_t fingerprint() const;
  const std::optional<Violation>& violation() const { return judge_.first(); }

 private:
  struct Letter {
    Envelope envelope;
    uint64_t fingerprint;
  };
  struct Member {
    std::shared_ptr<Node> node;
    SmallDisk disk;
    std::vector<AppendBatch> waiting;  // for the disk
    Index applied;                     // durable
    uint64_t fingerprint = 0;
  };
  Member& mine(size_t at);
  void start(Member& member, size_t at);
  void crash(size_t at);
  void pass_timeout(size_t at);
  void deliver(size_t letter);
  void write(size_t at);
  // Everything that the core wants done, but for what waits for the disk.
  void carry_out(size_t at, const View& before);
  void write_oldest(Member& member);
  void send(Member& from, const Envelope& envelope);
  std::array<const SmallDisk*, kNodes> disks() const;
  void settle();

  SmallBounds left_;
  Term last_term_;
  std::array<std::shared_ptr<Member>, kNodes> members_;
  std::vector<std::shared_ptr<const Letter>> messages_;  // by fingerprint, each once
  SmallHistory history_;
  Judge judge_;
};

}  // namespace bao::raft::sim
