// Tokens at rest and in the cache: create, look up, use, revoke with their children (openbao-storage.md 3,
// openbao-api.md 3.1). Views are over the whole barrier. Thread-safe. One file an idea: token_store.cc finds,
// create_token.cc makes, revoke_tokens.cc ends, token_leases.cc files what tokens were given.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/published.h"
#include "internal/core/expiration/expiration.h"
#include "internal/core/token/auth_json.h"
#include "internal/core/token/salt.h"
#include "internal/core/token/token_cache.h"
#include "internal/core/token/token_entry.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

// Where init's root token says it was made; such a token has no lease.
inline constexpr std::string_view kFirstRootTokenPath = "auth/token/root";

// What an accessor stands for. Empty: unknown.
struct AccessorEntry {
  std::string token_id;  // a secret
  std::string accessor;
};

class TokenStore {
 public:
  TokenStore(const barrier::Barrier& barrier, const Expiration& expiration, const base::Clock& clock);
  ~TokenStore();

  // Writes the salt unless it is there. In init's transaction.
  base::Status initialize(storage::WriteView& all);
  // Reads the salt. At unseal.
  base::Status load(const storage::ReadView& all);
  void unload();
  // The uuid of the cubbyhole mount ("" while unknown): revocation empties the token's part of it, and the folder of a token
  // with a custom id depends on it. Set once, before requests.
  void set_cubbyhole_mount(std::function<std::string()> uuid);
  // Called by the applier whenever a lease was filed, moved or removed: quick, without I/O. Set once, before requests.
  void set_lease_listener(std::function<void()> listener);

  // The living entry of a token string: batch tokens are opened, service tokens come from the cache or storage. nullptr
  // when unknown, spent, or past its time. A service token other than root without a lease is unknown. Cached entries
  // carry their expiry; nothing is written here. `cubbyhole_id` is the folder of its cubbyhole, computed for custom ids.
  base::Result<std::shared_ptr<const TokenEntry>> lookup(const storage::ReadView& all, std::string_view token) const;

  // The same with its lease, both of one moment, if the cache holds it (as after `lookup`); else nullptr. As committed: of a
  // token with limited uses, whose use the view's own transaction took, it tells nothing that may be shown.
  base::Result<std::shared_ptr<const CachedToken>> lookup_with_lease(const storage::ReadView& all, std::string_view token) const;

  enum class Spent : uint8_t { absent, included };
  // As lookup, but through the view, past the cache: sees (and, in a transaction, depends on) what the view sees.
  // `included`: entries that are being revoked too, also past their time.
  base::Result<std::optional<TokenEntry>> read(const storage::ReadView& all, std::string_view token, Spent spent) const;
  // The same with its lease, as lease_of gives it: living or not is decided by the lease, so it is read anyway.
  struct Leased {
    TokenEntry entry;
    std::optional<Lease> lease;
  };
  base::Result<std::optional<Leased>> read_with_lease(const storage::ReadView& all, std::string_view token, Spent spent) const;

  base::Result<AccessorEntry> by_accessor(const storage::ReadView& all, std::string_view accessor) const;
  // By accessor: the id, or "".
  base::Result<std::string> id_of_accessor(const storage::ReadView& all, std::string_view accessor) const;
  // Accessors of every token; those whose entry can't be read are left out.
  base::Result<std::vector<std::string>> accessors(const storage::ReadView& all, const logical::Namespace& ns) const;

  // The lease of a service token, or nothing (root tokens may have none). A batch token's is made up from the entry.
  base::Result<std::optional<Lease>> lease_of(const storage::ReadView& all, const TokenEntry& entry) const;
  // The id under which the lease of that token is (or would be) filed.
  base::Result<std::string> lease_id_of(const storage::ReadView& all, const TokenEntry& entry) const;

  // Gives id, accessor and times where empty, writes entry, accessor, parent marker and lease (by `auth`, whose fields it
  // completes: client_token, accessor, ttl, orphan, num_uses, token_type, and policies where empty; `who`: of a login). The caller decided
  // policies and lifetime (entry.ttl). Batch: nothing is written. Errors: invalid, in the reference's words.
  base::Status create(storage::WriteView& all, const logical::Namespace& ns, TokenEntry& entry, logical::Auth& auth,
                      const LoggedIn& who = {}) const;
  // Takes one use off a limited token; the last one marks it spent (num_uses -1) and reminds the sweeper of it, so that it is
  // revoked after the request. nullptr: somebody else spent it.
  base::Result<std::shared_ptr<const TokenEntry>> use(storage::WriteView& all, const TokenEntry& entry) const;

  // Files a secret's lease for the token that asked (Response::lease): lease, index row, and its place below the token, by
  // which it ends when the token is revoked. Fills response.lease_id, lease_duration and renewable. `ttl` as calculated.
  base::Status file_secret_lease(storage::WriteView& all, const logical::Namespace& ns, const TokenEntry& owner,
                                 const logical::Request& request, base::Duration ttl, logical::Response& response) const;
  // Removes a secret's lease with its place below its token.
  base::Status remove_secret_lease(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease) const;

  // Revocation of trees runs in as many bounded transactions as it takes, children before parents; a crash in between leaves
  // a parent that is already spent (num_uses -1) and is found again by the sweeper. Unknown tokens are no error.
  base::Status revoke_tree(barrier::Barrier& barrier, std::string_view token) const;
  // Ends the token of a lease in the caller's transaction, if it has neither children, nor secrets, nor a cubbyhole: false otherwise,
  // and nothing is done. A lease whose token is gone goes.
  base::Result<bool> end_if_alone(storage::WriteView& all, const Lease& lease) const;
  // The token alone; its children become orphans.
  base::Status revoke_orphan(barrier::Barrier& barrier, std::string_view token) const;

  // Removes what is left of tokens that are gone: accessors, parent markers, cubbyholes; their secrets end, and their children become
  // orphans.
  base::Status tidy(barrier::Barrier& barrier) const;

  // ---- for the audit of what is kept (core/invalidation)
  // The `number`th token that is kept, compared with what the view holds. `still`: it is kept as it was, and counts. nullptr: nothing
  // to compare.
  struct Audited {
    std::shared_ptr<const CachedToken> token;
    bool same = true;
  };
  base::Result<Audited> audit(const storage::ReadView& all, uint64_t number) const;
  bool keeps(const CachedToken& token) const;
  TokenCache::Size kept() const { return cache_.size(); }

  // sys/token/… or sys/expire/… changed.
  void invalidate(std::string_view key, base::Index index);
  // Everything changed at `index`, the salt included.
  void invalidate_all(base::Index index);
  // The salt; read through the view when it isn't loaded. Errors: unavailable when there is none.
  base::Result<std::shared_ptr<const TokenSalt>> salt(const storage::ReadView& all) const;
  // The folder of a token's cubbyhole below the mount's data; "" for batch tokens and where the mount is unknown.
  std::string cubbyhole_owner(const TokenSalt& salt, const TokenEntry& entry) const;
  // Where the token's cubbyhole lies: "logical/<mount uuid>/<owner>/", or "" as above.
  base::Result<std::string> cubbyhole_prefix(const storage::ReadView& all, const TokenEntry& entry) const;

 private:
  class Revocation;  // revocation.h
  class Tidying;     // tidy_tokens.cc
  base::Status remove(storage::WriteView& all, const std::string& salted) const;
  using Entry = std::optional<TokenEntry>;

  base::Result<Entry> open_batch(const storage::ReadView& all, std::string_view token) const;
  base::Result<std::shared_ptr<const CachedToken>> cached(const storage::ReadView& all, std::string_view token) const;
  // nullptr when it is past its time, or its parent is gone.
  base::Result<std::shared_ptr<const CachedToken>> if_living(const storage::ReadView& all,
                                                             std::shared_ptr<const CachedToken> known) const;
  base::Result<std::shared_ptr<const CachedToken>> fill(const storage::ReadView& all, std::string_view token) const;
  base::Result<bool> parent_lives(const storage::ReadView& all, const TokenEntry& entry) const;
  base::Result<Entry> stored(const storage::ReadView& all, std::string_view salted) const;
  base::Status store(storage::WriteView& all, const TokenEntry& entry, std::string_view salted) const;
  base::Status create_service(storage::WriteView& all, const logical::Namespace& ns, TokenEntry& entry, logical::Auth& auth,
                              const LoggedIn& who) const;
  base::Status create_batch(TokenEntry& entry, logical::Auth& auth) const;
  base::Status check_custom_id(const storage::ReadView& all, const TokenEntry& entry) const;
  base::Status write_indexes(storage::WriteView& all, const TokenSalt& salt, const TokenEntry& entry, std::string_view salted) const;
  base::Status file_lease(storage::WriteView& all, const logical::Namespace& ns, const TokenEntry& entry, std::string_view salted,
                          codec::Json auth, base::Duration ttl) const;

  const barrier::Barrier& barrier_;
  const Expiration& expiration_;
  const base::Clock& clock_;
  std::function<std::string()> cubbyhole_mount_;
  std::function<void()> lease_listener_;
  mutable base::Published<TokenSalt> salt_;
  std::atomic<uint64_t> salt_changed_at_{0};  // index
  mutable TokenCache cache_;
};

// "auth/token/create" and "h12…" joined as Go's path.Join does, which is how lease ids are built.
std::string join_path(std::string_view path, std::string_view name);
LeaseGlance glance_at(const Lease& lease);
bool is_batch_token(std::string_view token);
bool is_service_token(std::string_view token);  // has one of the generated prefixes

}  // namespace bao::core
