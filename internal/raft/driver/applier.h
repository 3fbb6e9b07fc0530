// The applier: the one queue whose orders change the state machine. Entries that wait together are applied in one transaction;
// then their proposers are answered and the core hears how far it got. What is committed cannot be refused: on a full
// disk it tries again until there is room, while reads go on and the proposers are answered with uncertain.
#pragma once

#include <atomic>
#include <functional>
#include <variant>
#include <vector>

#include "internal/raft/driver/queue_thread.h"
#include "internal/raft/driver/state_machine.h"
#include "internal/raft/driver/waiter.h"

namespace bao::raft {

// Called on the thread that applies: the applier's, or one that helps.
struct ApplierEvents {
  std::function<void(AppliedPosition applied)> applied;
  std::function<void(const base::Error& error)> broken;  // the state machine cannot go on: the process must end
};

class Applier {
 public:
  // An entry with its proposer, if that is here.
  struct Committed {
    EntryPtr entry;
    WaiterPtr<Index> proposer;
  };

  Applier(StateMachine& machine, ApplierEvents events);
  ~Applier() { stop(); }
  // Wakes nobody: help() or kick() follows.
  void apply(std::vector<Committed> entries);
  void help();
  void kick() { thread_.kick(); }
  // Runs on the applier's own thread between batches, in order: the installation of a snapshot.
  void run(std::function<void()> task);
  // Ends after the batch under way; proposers whose entries were not applied are answered with uncertain.
  void stop();

 private:
  using Order = std::variant<std::vector<Committed>, std::function<void()>>;
  void handle(std::vector<Order>& orders);
  enum class WhenFull { wait, hold };
  void apply_batch(std::vector<Committed>& batch, WhenFull when_full);
  void answer(const std::vector<Committed>& batch, const std::vector<base::Status>& results);
  base::Result<std::vector<base::Status>> apply_until_there_is_room(const Entries& entries, const std::vector<Committed>& batch,
                                                                    WhenFull when_full);

  StateMachine& machine_;
  const ApplierEvents events_;
  bool broken_ = false;          // of whoever applies
  std::vector<Committed> held_;  // likewise: what met a full disk while a helper applied, before anything that follows
  std::atomic<bool> stopping_{false};
  std::atomic<int> tasks_{0};  // that wait or run
  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition stop_asked_;
  QueueThread<Order> thread_;  // last: it uses the rest
};

}  // namespace bao::raft
