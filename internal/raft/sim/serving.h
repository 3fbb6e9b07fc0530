// What a node does for clients: writes are proposed and answered once applied, reads wait for an index that is
// confirmed and then for its application. Also keeps the books of invariant 13: one fate for each proposal.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {

class Host;

struct Answer {
  bool done = false;   // false: without effect, or its node stopped before it was known: ask somebody else
  uint64_t value = 0;  // write: the key's value before; read: the value
  Index index;         // write: where it took effect; read: the state that was read
  NodeId leader;       // of whom this node knows
};
using Reply = std::function<void(const Answer&)>;

class Serving {
 public:
  explicit Serving(Host& host) : host_(host) {}
  void write(const Command& command, Reply reply);
  void read(uint64_t key, Reply reply);
  // An operator's change was appended here.
  void proposed_change(Position position) { open_.insert(position); }

  void read_ready(const ReadReady& read);
  void fate(const ProposalFate& fate);
  // The state machine has moved.
  void applied();
  bool has_open_proposals() const { return !open_.empty(); }
  // The process stops: whoever still waits is told.
  void end();
  // Requests that nobody has answered yet, or let go on purpose.
  int64_t unanswered() const { return unanswered_; }

 private:
  struct Write {
    Position position;
    Command command;
    Reply reply;
  };
  struct Read {
    uint64_t key;
    Reply reply;
    Index index;  // 0: not confirmed yet
  };
  Reply counted(Reply reply);
  void refuse(const Reply& reply);
  void let_go() { --unanswered_; }
  void answer_write(const Write& write);

  Host& host_;
  std::set<Position> open_;  // proposals without a fate
  std::map<Position, Write> waiting_;    // for their fate
  std::map<Index, Write> committed_;     // for their application
  std::map<uint64_t, Read> reads_;       // by cookie
  std::multimap<Index, uint64_t> confirmed_;  // cookies of reads that wait for their index
  uint64_t next_cookie_ = 1;
  int64_t unanswered_ = 0;
};

}  // namespace bao::raft::sim
