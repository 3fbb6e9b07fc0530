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
#include "internal/codec/json.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

// A lease at rest. Members that we don't know survive a rewrite; secret and auth stay as JSON but for what is read here.
struct Lease {
  std::string id;
  std::string client_token;  // a secret
  int token_type = 0;
  std::string path;          // the request's
  codec::Json data;          // object or null
  codec::Json secret;        // object or null (openbao-storage.md 4)
  codec::Json auth;          // object or null
  base::Time issue_time{}, expire_time{}, last_renewal_time{};  // kZeroTime: never
  std::string revoke_error;  // not empty: irrevocable
  codec::Json unknown = codec::Json::object();
  bool renewable() const;
};
base::Result<Lease> parse_lease(std::string_view stored);
std::string serialize_lease(const Lease& lease);

// Index table and sort key by which the sweeper finds what has ended: kLeaseExpiryTable, big-endian unix nanoseconds.
inline constexpr std::string_view kLeaseExpiryTable = "lease_expiry";
std::string expiry_sort_key(base::Time t);

class Expiration {
 public:
  explicit Expiration(const base::Clock& clock) : clock_(clock) {}

  // Views are over the whole barrier. `put` files the lease and moves its index row from `previous` (its old expiry).
  base::Result<std::optional<Lease>> get(const storage::ReadView& all, const logical::Namespace& ns, std::string_view id) const;
  base::Status put(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease,
                   std::optional<base::Time> previous_expiry) const;
  base::Status remove(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease) const;
  base::Result<std::vector<std::string>> list(const storage::ReadView& all, const logical::Namespace& ns, std::string_view prefix) const;
  // Ids of every lease below a prefix, in order, at most `limit`.
  base::Result<std::vector<std::string>> below(const storage::ReadView& all, const logical::Namespace& ns,
                                               std::string_view prefix, int64_t limit) const;
  // Lease ids (storage keys of the index rows) that ended before `now`.
  base::Result<std::vector<std::string>> ended(const storage::ReadView& all, base::Time now, int64_t limit) const;
  // Rewrites index rows for leases that lack one (after a restore, or OpenBao's data): a bounded step, true when done.
  base::Result<bool> rebuild_step(storage::WriteView& all, std::string& cursor, int64_t limit) const;

  const base::Clock& clock() const { return clock_; }

 private:
  const base::Clock& clock_;
};

// The lifetime the rules give (openbao-api.md, mounts' and system's limits): what to grant and the warnings it earns.
struct TtlInput {
  base::Duration increment{0}, backend_ttl{0}, backend_max_ttl{0}, period{0}, explicit_max_ttl{0};
  base::Duration mount_default_ttl{0}, mount_max_ttl{0};
  base::Time start{};  // issue time
  base::Time now{};
};
struct TtlResult {
  base::Duration ttl{0};
  std::vector<std::string> warnings;
};
base::Result<TtlResult> calculate_ttl(const TtlInput& input);

}  // namespace bao::core
