// The seal's life cycle: uninitialised → sealed → unsealed and back (openbao-api.md 2.1; observed.md, sys). One state, one
// mutex (Rank::seal), held across storage I/O; never taken by requests to engines: they look at Barrier::sealed().
// Thread-safe. While unsealed one thread keeps the keyring (keyring_keeper.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/core/core.h"
#include "internal/core/parts.h"

namespace bao::core {

struct KeyStatus {
  uint32_t term = 0;
  base::Time installed{};
  uint64_t encryptions = 0;
};

class LifeCycle {
 public:
  virtual ~LifeCycle() = default;
  virtual base::Status start() = 0;
  virtual void stop() = 0;
  virtual base::Result<bool> initialized() const = 0;
  virtual base::Result<InitResult> initialize(const InitRequest& request) = 0;
  virtual base::Status finish_initialization() = 0;
  virtual base::Result<SealStatus> seal_status() const = 0;
  virtual base::Result<SealStatus> unseal(std::string_view share_text, Core::Migrate migrate) = 0;
  virtual base::Result<SealStatus> reset_unseal() = 0;
  virtual base::Status seal() = 0;
  // Whether this node may write: it leads its cluster and has taken up (ha/roles.h), or has none.
  virtual bool active() const = 0;
  // Whether it is unsealed, wholly.
  virtual bool serving() const = 0;
  // As active(), after waiting for a node that leads its cluster to have taken up; bounded.
  virtual bool await_active() = 0;
  // The term in which this node is active; 0: it isn't, or has no cluster.
  virtual base::Term reign() const = 0;
  // What somebody looked at, or more: in which reign, and what was applied here before.
  struct Sight {
    base::Term reign;
    base::Index applied;
  };
  Sight sight() const { return {reign(), applied()}; }
  virtual base::Index applied() const = 0;
  // Everything that was acknowledged, or seen, anywhere before is applied here (D9). True: what was found by `sight` stands: it was of
  // all of that, and this node has led since, or has no cluster. (A node leads, and yet others may have applied what it agreed
  // on with them before it has: its disk may be the slower one.) Errors: unavailable.
  virtual base::Result<bool> confirm(const Sight& sight) = 0;
  // The same before somebody is refused: as many may ask for that as like, so that it may take longer.
  virtual base::Result<bool> confirm_refusal(const Sight& sight) = 0;
  // Hands the leadership over; answers when another node is active, bounded. A node without other voters stays active.
  // Errors: unavailable (nobody took over).
  virtual base::Status step_down() = 0;
  // From the applier: somebody stored another keyring.
  virtual void keyring_changed() = 0;
  // Somebody did, and this node has not read it yet.
  virtual bool keyring_stale() const = 0;
  // Compares what is kept in memory with storage now; a thread does so slowly all the time (invalidation/cache_audit.h).
  virtual void audit() = 0;
  // From the applier: the storage put other data in the place of all. This node loads everything anew, with the keys it has or
  // those that its auto seal opens, and is sealed where they do not fit.
  virtual void data_replaced() = 0;
  // Before anybody can see it, and when nothing came of it.
  virtual void data_changes() = 0;
  virtual void data_unchanged() = 0;
  // How often that happened; the second waits, for a bounded time, until this node has loaded what there is.
  virtual uint64_t replacements() const = 0;
  virtual uint64_t await_data() = 0;
  virtual base::Result<Leader> leader() const = 0;
  virtual base::Result<Health> health() const = 0;
  virtual base::Result<KeyStatus> key_status() const = 0;
  virtual base::Status rotate_keyring() = 0;
  // What the keeper does every few minutes: folds the count of encryptions into the stored keyring, adds a term when its
  // rules ask for one, forgets upgrade entries that nobody needs any more.
  virtual base::Status keep_keyring() = 0;
};
std::unique_ptr<LifeCycle> make_life_cycle(Core::Parts& parts);

}  // namespace bao::core
