// Making tokens: service tokens with accessor, parent marker and lease in one transaction; batch tokens out of the barrier.
#include "internal/core/token/token_store.h"

#include "internal/codec/encoding.h"
#include "internal/logical/policy_names.h"
#include "internal/crypto/hash.h"

namespace bao::core {
namespace {

using logical::sanitize_policies;

using base::Status;

constexpr size_t kRandomLength = 24;
constexpr std::string_view kIdPrefix = "sys/token/id/";
constexpr std::string_view kAccessorPrefix = "sys/token/accessor/";
constexpr std::string_view kParentPrefix = "sys/token/parent/";

std::string accessor_entry(const TokenEntry& entry) {
  return codec::write_json(codec::Json::record(
             {{"token_id", entry.id}, {"accessor_id", entry.accessor}, {"namespace_id", entry.namespace_id}})) +
         "\n";
}

// What the caller of create() learns about the token.
void complete(const TokenEntry& entry, logical::Auth& auth) {
  auth.client_token = entry.id;
  auth.accessor = entry.accessor;
  auth.ttl = entry.ttl;
  auth.orphan = entry.parent.empty();
  auth.num_uses = entry.num_uses;
  auth.token_type = entry.type == TokenType::batch ? "batch" : "service";
  auth.creation_path = entry.path;
  if (entry.type == TokenType::batch) auth.renewable = false;
  if (auth.token_policies.empty()) auth.token_policies = entry.policies;
  if (auth.policies.empty()) auth.policies = entry.policies;
}

// Fields that a batch token cannot carry.
TokenEntry batch_form(const TokenEntry& entry) {
  TokenEntry out = entry;
  out.id.clear();
  out.accessor.clear();
  out.cubbyhole_id.clear();
  out.num_uses = 0;
  out.explicit_max_ttl = out.period = base::Duration(0);
  return out;
}

}  // namespace

std::string join_path(std::string_view path, std::string_view name) {
  std::vector<std::string_view> parts;
  for (const std::string_view text : {path, name}) {
    for (size_t at = 0; at <= text.size();) {
      const size_t end = std::min(text.find('/', at), text.size());
      const std::string_view part = text.substr(at, end - at);
      if (part == ".." && !parts.empty()) {
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
      at = end + 1;
    }
  }
  std::string out;
  for (const auto part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

Status TokenStore::create(storage::WriteView& all, const logical::Namespace& ns, TokenEntry& entry, logical::Auth& auth,
                          const LoggedIn& who) const {
  entry.policies = sanitize_policies(std::move(entry.policies), false);
  entry.namespace_id = ns.id.value;
  if (entry.creation_time == 0) entry.creation_time = base::unix_seconds(clock_.now());
  if (entry.type == TokenType::batch) return create_batch(entry, auth);
  entry.type = TokenType::service;
  return create_service(all, ns, entry, auth, who);
}

Status TokenStore::create_batch(TokenEntry& entry, logical::Auth& auth) const {
  TokenEntry sealed = batch_form(entry);
  ASSIGN_OR_RETURN(const std::string envelope, barrier_.encrypt("", serialize_batch_payload(sealed)));
  entry = std::move(sealed);
  entry.id = "b." + codec::to_base64url(envelope);
  complete(entry, auth);
  return {};
}

Status TokenStore::check_custom_id(const storage::ReadView& all, const TokenEntry& entry) const {
  if (entry.id.starts_with("hvs.")) return base::invalid("custom token ID cannot have the 'hvs.' prefix");
  if (entry.id.starts_with("s.")) return base::invalid("custom token ID cannot have the 's.' prefix");
  if (entry.id.find('.') != std::string::npos) return base::invalid("custom token ID cannot have a '.' in the value");
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  ASSIGN_OR_RETURN(const auto taken, stored(all, salt->salted(entry.id)));
  if (taken) return base::invalid("cannot create a token with a duplicate ID");
  return {};
}

Status TokenStore::create_service(storage::WriteView& all, const logical::Namespace& ns, TokenEntry& entry,
                                  logical::Auth& auth, const LoggedIn& who) const {
  if (!entry.id.empty()) {
    TRY(check_custom_id(all, entry));
  } else {
    entry.id = "s." + crypto::random_base62(kRandomLength);
    if (entry.cubbyhole_id.empty()) entry.cubbyhole_id = crypto::random_base62(kRandomLength);
  }
  entry.accessor = crypto::random_base62(kRandomLength);
  if (entry.path.find("..") != std::string::npos) return base::internal("path cannot contain parent references");
  if (entry.ttl.count() == 0 && !entry.is_root()) return base::internal("refusing to create a non-root zero TTL token");
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  const std::string salted = salt->salted(entry.id);
  TRY(write_indexes(all, *salt, entry, salted));
  TRY(store(all, entry, salted));
  complete(entry, auth);
  return entry.path == kFirstRootTokenPath ? Status() : file_lease(all, ns, entry, salted, auth_to_json(auth, who), auth.ttl);
}

// Whether the parent lives says the cache; the transaction reads its entry, so that it meets a conflict when the parent is
// revoked meanwhile.
Status TokenStore::write_indexes(storage::WriteView& all, const TokenSalt& salt, const TokenEntry& entry, std::string_view salted) const {
  if (!entry.parent.empty()) {
    ASSIGN_OR_RETURN(const auto parent, lookup(all, entry.parent));
    const std::string salted_parent = salt.salted(entry.parent);
    ASSIGN_OR_RETURN(const auto held, stored(all, salted_parent));
    if (parent == nullptr || !held || held->num_uses < 0) return base::invalid("parent token not found");
    TRY(all.put(std::string(kParentPrefix).append(salted_parent).append("/").append(salted), ""));
  }
  return all.put(std::string(kAccessorPrefix) + salt.salted(entry.accessor), accessor_entry(entry));
}

Status TokenStore::store(storage::WriteView& all, const TokenEntry& entry, std::string_view salted) const {
  return all.put(std::string(kIdPrefix).append(salted), serialize_token_entry(entry));
}

Status TokenStore::file_lease(storage::WriteView& all, const logical::Namespace& ns, const TokenEntry& entry,
                              std::string_view salted, codec::Json auth, base::Duration ttl) const {
  Lease lease;
  lease.id = join_path(entry.path, salted);
  lease.client_token = entry.id;
  lease.path = entry.path;
  lease.auth = std::move(auth);
  lease.issue_time = clock_.now();
  if (ttl.count() > 0) lease.expire_time = lease.issue_time + ttl;
  return expiration_.put(all, ns, lease, std::nullopt);
}

base::Result<std::shared_ptr<const TokenEntry>> TokenStore::use(storage::WriteView& all, const TokenEntry& entry) const {
  using Used = std::shared_ptr<const TokenEntry>;
  if (entry.num_uses == 0) return Used(std::make_shared<const TokenEntry>(entry));
  ASSIGN_OR_RETURN(auto fresh, read(all, entry.id, Spent::absent));
  if (!fresh) return Used();
  fresh->num_uses = fresh->num_uses == 1 ? -1 : fresh->num_uses - 1;
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  TRY(store(all, *fresh, salt->salted(fresh->id)));
  if (fresh->num_uses < 0) {
    ASSIGN_OR_RETURN(const std::string lease_id, lease_id_of(all, *fresh));
    expiration_.remind(all, logical::root_namespace(), lease_id, clock_.now());
  }
  fresh->cubbyhole_id = cubbyhole_owner(*salt, *fresh);
  return Used(std::make_shared<const TokenEntry>(std::move(*fresh)));
}

}  // namespace bao::core
