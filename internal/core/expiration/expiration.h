// Leases: filed in the transaction of the request that made them, found again by expiry through an index table
// (ARCHITECTURE D1, D4; openbao-storage.md 4). Nothing is loaded at start that grows with the number of leases.
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

// A lease at rest. Members that we don't know survive a rewrite; secret and auth stay as JSON but for what is read here.
struct Lease {
  std::string id;
  std::string client_token;  // a secret
  int token_type = 0;        // 2: a batch token's; auth leases of service tokens hold 0
  std::string path;          // the request's
  codec::Json data;          // object or null
  codec::Json secret;        // object or null (openbao-storage.md 4)
  codec::Json auth;          // object or null
  base::Time issue_time = base::kZeroTime;
  base::Time expire_time = base::kZeroTime;        // kZeroTime: never
  base::Time last_renewal_time = base::kZeroTime;  // kZeroTime: never
  std::string login_role;
  int64_t version = 1;
  std::string revoke_error;  // not empty: irrevocable
  codec::Json unknown = codec::Json::object();

  bool renewable() const;
  // Why it cannot be renewed now, in the reference's words; "" when it can.
  std::string renewal_refusal(base::Time now) const;
  // Seconds left, as lookups show them.
  int64_t ttl_seconds(base::Time now) const;
};
base::Result<Lease> parse_lease(std::string_view stored);
std::string serialize_lease(const Lease& lease);

// Index table and sort key by which the sweeper finds what has ended: kLeaseExpiryTable, big-endian unix nanoseconds.
// A row's key is the lease's whole storage key. A row may be earlier than its lease's expiry: a reminder to look.
inline constexpr std::string_view kLeaseExpiryTable = "lease_expiry";
// Those that are irrevocable have their rows here instead, by lease id.
inline constexpr std::string_view kLeaseIrrevocableTable = "lease_irrevocable";
std::string expiry_sort_key(base::Time t);
base::Time time_of_sort_key(std::string_view sort_key);

// "sys/expire/id/<lease id>", below the namespace's prefix.
std::string lease_storage_key(const logical::Namespace& ns, std::string_view id);
// The lease id in a storage key of the root namespace; "" when it is none.
std::string_view lease_id_of_storage_key(std::string_view key);

class Expiration {
 public:
  explicit Expiration(const base::Clock& clock) : clock_(clock) {}

  // Views are over the whole barrier. `put` files the lease and moves its index row from `previous` (its old expiry, of a lease
  // that was not irrevocable).
  base::Result<std::optional<Lease>> get(const storage::ReadView& all, const logical::Namespace& ns, std::string_view id) const;
  base::Status put(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease,
                   std::optional<base::Time> previous_expiry) const;
  base::Status remove(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease) const;
  // An additional index row, so that the sweeper looks at the lease at that time; it removes the row.
  void remind(storage::WriteView& all, const logical::Namespace& ns, std::string_view id, base::Time at) const;
  base::Result<std::vector<std::string>> list(const storage::ReadView& all, const logical::Namespace& ns, std::string_view prefix) const;
  // Ids of the leases below a prefix ("" or ending in '/') that come after the id `after`, depth first in order of keys, at most
  // `limit`: who goes through all of them goes page by page.
  base::Result<std::vector<std::string>> below(const storage::ReadView& all, const logical::Namespace& ns, std::string_view prefix,
                                               std::string_view after, int64_t limit) const;
  // Ids of the irrevocable ones, of the root namespace.
  base::Result<std::vector<std::string>> irrevocable(const storage::ReadView& all) const;
  // Index rows whose time came by `now`, oldest first: sort key and storage key of the lease.
  base::Result<std::vector<storage::IndexRow>> ended(const storage::ReadView& all, base::Time now, int64_t limit) const;
  // When the next row is due; nothing when there is none.
  base::Result<std::optional<base::Time>> next_expiry(const storage::ReadView& all) const;
  // Rewrites index rows for leases that lack one (after a restore, or OpenBao's data): a bounded step over at most `limit`
  // leases after `cursor` (a lease id, "" at the start), how many they were: fewer at the end. The root namespace's leases; one that
  // cannot be read is passed over.
  base::Result<int64_t> rebuild_step(storage::WriteView& all, std::string& cursor, int64_t limit) const;

  const base::Clock& clock() const { return clock_; }

 private:
  void file_rows(storage::WriteView& all, const Lease& lease, std::string_view key) const;
  const base::Clock& clock_;
};

// The lifetime the rules give (openbao-api.md, mounts' and system's limits): what to grant and the warnings it earns.
struct TtlInput {
  base::Duration increment{0}, backend_ttl{0}, backend_max_ttl{0}, period{0}, explicit_max_ttl{0};
  base::Duration mount_default_ttl{0}, mount_max_ttl{0};
  base::Time start = base::kZeroTime;  // issue time; kZeroTime: now
  base::Time now{};
};
struct TtlResult {
  base::Duration ttl{0};
  std::vector<std::string> warnings;
};
// Errors: internal "past the max TTL, cannot renew", as plain text.
base::Result<TtlResult> calculate_ttl(const TtlInput& input);

}  // namespace bao::core
