// Secrets that tokens were given: filed below the token, so that they end with it (openbao-storage.md 4, token/).
#include "internal/core/token/token_store.h"

#include "internal/crypto/hash.h"

namespace bao::core {
namespace {

using base::Status;
using codec::Json;

constexpr size_t kRandomLength = 24;
constexpr std::string_view kTokenIndexPrefix = "sys/expire/token/";

Json secret_to_json(const logical::SecretLease& secret, base::Duration ttl) {
  return Json::record({{"lease", static_cast<int64_t>(ttl.count())},
                       {"max_ttl", static_cast<int64_t>(secret.max_ttl.count())},
                       {"renewable", secret.renewable},
                       {"internal_data", secret.internal_data},
                       {"LeaseID", ""}});
}

std::string index_key(const TokenSalt& salt, std::string_view token, std::string_view lease_id) {
  return std::string(kTokenIndexPrefix) + salt.salted(token) + "/" + salt.salted(lease_id);
}

}  // namespace

Status TokenStore::file_secret_lease(storage::WriteView& all, const logical::Namespace& ns, const TokenEntry& owner,
                                     const logical::Request& request, base::Duration ttl, logical::Response& response) const {
  Lease lease;
  lease.id = join_path(request.path, crypto::random_base62(kRandomLength));
  lease.client_token = owner.id;
  lease.token_type = static_cast<int>(owner.type);
  lease.path = request.path;
  if (response.data) lease.data = *response.data;
  lease.secret = secret_to_json(*response.lease, ttl);
  lease.issue_time = clock_.now();
  lease.expire_time = lease.issue_time + ttl;
  if (owner.type == TokenType::batch) {
    ASSIGN_OR_RETURN(const auto bound, lease_of(all, owner));
    ENSURE(bound.has_value(), "a batch token's lease is made up from its entry");
    lease.expire_time = std::min(lease.expire_time, bound->expire_time);
  }
  TRY(expiration_.put(all, ns, lease, std::nullopt));
  // A batch token's secrets end with its parent; an orphan's only by time.
  const std::string& holder = owner.type == TokenType::batch ? owner.parent : owner.id;
  if (!holder.empty()) {
    ASSIGN_OR_RETURN(const auto salt, this->salt(all));
    TRY(all.put(index_key(*salt, holder, lease.id), lease.id));
  }
  response.lease_id = lease.id;
  response.lease_duration = std::chrono::round<std::chrono::seconds>(lease.expire_time - lease.issue_time);
  response.renewable = response.lease->renewable;
  return {};
}

Status TokenStore::remove_secret_lease(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease) const {
  TRY(expiration_.remove(all, ns, lease));
  std::string holder = lease.client_token;
  if (is_batch_token(holder)) {
    ASSIGN_OR_RETURN(const auto entry, read(all, holder, Spent::included));
    // A batch token past its time cannot be opened any more: its row stays below its parent and ends with it.
    holder = entry ? entry->parent : "";
  }
  if (holder.empty()) return {};
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  return all.remove(index_key(*salt, holder, lease.id));
}

}  // namespace bao::core
