// Ends what has ended: reads it out of the index table in batches, oldest first. Every row that it sees is removed or moved, so that one
// lease that can't be revoked holds up nothing: it is asked for again later, and given up with its reason after several times. Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "internal/base/mutex.h"
#include "internal/core/lease_revocation.h"

namespace bao::core {

class LeaseSweep {
 public:
  LeaseSweep(barrier::Barrier& barrier, const TokenStore& tokens, const Expiration& expiration, const LeaseRevocation& leases)
      : barrier_(barrier), tokens_(tokens), expiration_(expiration), leases_(leases) {}

  struct Batch {
    size_t ended = 0;
    bool more = false;
  };
  base::Result<Batch> batch();
  // It was ended by somebody else: how often it refused counts no more.
  void forget_failures(const std::string& lease_id) EXCLUDES(failures_mutex_);
  // How late what ends is, by the rows that are there; nothing is: 0.
  static void show_delay(base::Duration delay);

 private:
  base::Result<bool> handle(const storage::IndexRow& row);
  base::Result<bool> is_due(const Lease& lease) const;
  base::Status remove_row(const storage::IndexRow& row, std::optional<base::Time> again = {});
  base::Status put_off(const storage::IndexRow& row, Lease lease, const base::Error& error);
  base::Status mark_irrevocable(const storage::IndexRow& row, Lease lease, const base::Error& error);
  int count_failure(const std::string& lease_id) EXCLUDES(failures_mutex_);
  base::Status transact(const std::function<base::Status(barrier::Transaction&)>& body);
  base::Time now() const { return expiration_.clock().now(); }

  barrier::Barrier& barrier_;
  const TokenStore& tokens_;
  const Expiration& expiration_;
  const LeaseRevocation& leases_;
  mutable base::Mutex failures_mutex_{base::Rank::expiration};
  std::map<std::string, int> attempts_ GUARDED_BY(failures_mutex_);
};

}  // namespace bao::core
