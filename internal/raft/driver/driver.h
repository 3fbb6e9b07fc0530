// One member of one group at work: the core on a thread of its own, the log writer, the applier, the clock. Thread-safe.
//
//   any thread ── propose, read_index, transport's messages ──▶ inbox ──▶ core thread: Node ── Output
//        ▲                                                        ▲                              │
//        └── answers ◀── applier (state machine) ◀── committed ───┼──────────────────────────────┤
//                                                                 └── log writer (log.db) ◀──────┘
//
// The core thread never touches a disk, a socket or SQLite. A proposer that finds a step idle does it on its own thread
// (README.md), with the same rule for the core's. No second path leads into the core: heartbeats take the same
// inbox as everything else. The only voter of a group campaigns by itself, without waiting for a timeout.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/raft/core/node.h"
#include "internal/raft/driver/carrier.h"
#include "internal/raft/driver/log_writer.h"
#include "internal/raft/driver/state_machine.h"
#include "internal/raft/driver/waiter.h"
#include "internal/raft/log/log_store.h"

namespace bao::raft {

struct DriverOptions {
  Options core;
  std::chrono::milliseconds tick{20};
  std::chrono::milliseconds upkeep{1000};  // how often the log is trimmed and a full disk looked at
  std::chrono::milliseconds snapshot_offer{10'000};  // an offer that is not fetched for that long is taken for lost
  TrailingLog trailing;
  TrailingLog trailing_alone{uint64_t{1} << 20, 256};  // while nobody else could ask for it
  // How long the proposers of a leadership that was lost wait for what became of their changes; then it is uncertain.
  std::chrono::milliseconds fate_wait{1000};
  // Whether the disk has room again, asked after it was full.
  std::function<bool()> has_room = [] { return true; };
  // A majority was lost for good: who the members are from this start on, in place of what log and state say (`known`), until an
  // entry with a configuration follows. Nothing: as they say. The log itself stays as it is, so that of several members that are told
  // the same the most advanced one leads. Empty: never.
  std::function<base::Result<std::optional<Configuration>>(const Configuration& known)> replace_members;
  // It is unknown what the disk holds. Empty: the process ends (D3). When it returns, as in tests of power losses, this
  // member takes part no more, and whoever waits is answered with uncertain.
  std::function<void(std::string_view what, const base::Error& error)> storage_failed;
};

// What the core sees now, copied.
struct DriverStatus {
  View view;  // its configuration is `configuration`
  Configuration configuration;
};

class Driver {
 public:
  // The log and the state machine are reconciled first (../log/recovery.h). They and what the carrier uses outlive the driver.
  // Errors: corrupt, unavailable; invalid.
  static base::Result<std::unique_ptr<Driver>> start(DriverOptions options, LogStore& log, StateMachine& machine,
                                                     Carrier carrier);
  virtual ~Driver() = default;  // stopped
  // Ends in this order: no more proposals, core thread, log writer, applier. Whoever waits is answered; nothing is sent
  // afterwards. Once.
  virtual void stop() = 0;

  // Blocks until the entry is applied here: its index. `reign`: only as the leader of this term; 0: of any. Errors: those of
  // the state machine (conflict); needs_active (not the leader, or of another term, handing over, another entry took its
  // place: nothing was changed), unavailable (stopping: likewise), exhausted, uncertain.
  virtual base::Result<Index> propose(std::string payload, Term reign = {}) = 0;
  // An index that a linearizable read may be served at, once applied here: blocks until it is. Errors: unavailable.
  virtual base::Result<Index> read_index() = 0;
  virtual base::Result<Index> change(ConfigurationChange change) = 0;
  virtual base::Status transfer_leadership(std::optional<NodeId> target) = 0;
  virtual void campaign() = 0;
  virtual base::Result<DriverStatus> status() = 0;

  // From the transport.
  virtual void deliver(Envelope envelope) = 0;
  // The same; what waits for the core is done on this thread, when nobody is at it, which saves a change of threads. No disk
  // is touched. Not from within the carrier's `send`.
  virtual void deliver_here(Envelope envelope) = 0;
  virtual void peer_unreachable(NodeId peer) = 0;
  // A peer fetches the snapshot at `last` that it was offered: each piece after `after` is given to `give`, whose error ends
  // it. Blocks; one at a time a peer. Errors: unavailable (not offered, or fetched already).
  virtual base::Status serve_snapshot(NodeId to, Position last, const std::string& after, const TakePiece& give) = 0;

  // Role, term and leader, as they are now and whenever they change; in the core's turn, only enqueues.
  virtual void on_role(std::function<void(const RoleChange&)> listener) = 0;
  virtual Index applied() const = 0;
};

}  // namespace bao::raft
