// The identity store: what it holds in memory, kept in step with storage on every node. Thread-safe; readers take no lock while
// nothing changed.
//
// The applier only marks buckets (invalidation/README.md); who asks next reads the marked ones anew from a snapshot of its own,
// which is as new as the marks. The mount's backend owns it: sealed, or with all data replaced, both end. So what is applied and told is in
// force in the next decision, on every node.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "internal/barrier/barrier.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/core/identity/standing.h"
#include "internal/core/policy/policy_cache.h"

namespace bao::core::identity {

class IdentityStore {
 public:
  // `prefix`: where the mount's data lies, "logical/<uuid>/".
  IdentityStore(const barrier::Barrier& barrier, std::string prefix) : barrier_(barrier), prefix_(std::move(prefix)) {}

  const std::string& prefix() const { return prefix_; }

  // Everything that was told, and maybe more. Errors: sealed, corrupt.
  base::Result<std::shared_ptr<const Index>> index() const;

  // Of the entity of that id, or of the one that it was merged into; nullptr: there is none. Kept until the entity or one of its
  // groups changes.
  base::Result<std::shared_ptr<const Standing>> standing(std::string_view entity_id) const;

  // A key of the mount, relative to it, was changed. From the applier: quick, without I/O.
  void invalidate(std::string_view key);

 private:
  struct Marks {
    std::set<std::string> keys;
    bool everything = true;
    uint64_t count = 0;
  };
  // `seen`: the index by which it was last found to be so.
  struct KnownStanding {
    std::shared_ptr<const Standing> standing;
    uint64_t seen;
  };
  base::Result<std::shared_ptr<const Index>> refresh() const REQUIRES(loading_);
  base::Status read_marked(const Marks& marks, Index& index) const;

  const barrier::Barrier& barrier_;
  const std::string prefix_;
  mutable base::Mutex loading_{base::Rank::mounts};        // held while buckets are read
  mutable base::Mutex marking_{base::Rank::policy_cache};  // never held for longer than a copy
  mutable Marks marks_ GUARDED_BY(marking_);
  std::atomic<uint64_t> marked_{1};  // marks_.count
  mutable base::Published<Index> index_;
  mutable PolicyCache<std::string, KnownStanding> standings_;  // by the id that was asked for
};

}  // namespace bao::core::identity
