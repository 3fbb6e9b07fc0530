// Tokens at rest and in the cache: create, look up, use, renew, revoke with their children (openbao-storage.md 3,
// openbao-api.md 3.1). Views are over the whole barrier. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/mutex.h"
#include "internal/core/expiration/expiration.h"
#include "internal/core/token/salt.h"
#include "internal/core/token/token_entry.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

class TokenStore {
 public:
  TokenStore(const barrier::Barrier& barrier, const Expiration& expiration, const base::Clock& clock);
  ~TokenStore();

  // Writes the salt. In init's transaction.
  base::Status initialize(storage::WriteView& all);
  // Reads the salt. At unseal.
  base::Status load(const storage::ReadView& all);
  void unload();

  // The living entry of a token string: batch tokens are opened, service tokens come from the cache or storage. nullptr
  // when unknown, spent, or past its time. A service token other than root without a lease is unknown. Cached entries
  // carry their expiry; nothing is written here.
  base::Result<std::shared_ptr<const TokenEntry>> lookup(const storage::ReadView& all, std::string_view token) const;
  // By accessor: the id, or "".
  base::Result<std::string> id_of_accessor(const storage::ReadView& all, std::string_view accessor) const;
  // The lease of a service token, or nothing (root tokens may have none).
  base::Result<std::optional<Lease>> lease_of(const storage::ReadView& all, const TokenEntry& entry) const;

  // Gives id, accessor and times where empty, writes entry, accessor, parent marker and lease (by `auth`, whose fields it
  // completes). Batch: nothing is written. Errors: invalid.
  base::Status create(storage::WriteView& all, const logical::Namespace& ns, TokenEntry& entry, logical::Auth& auth) const;
  // Takes one use off a limited token; the last one marks it spent (num_uses -1) so that it is revoked after the request.
  base::Result<std::shared_ptr<const TokenEntry>> use(storage::WriteView& all, const TokenEntry& entry) const;

  // Revocation of trees runs in as many bounded transactions as it takes, children before parents; a crash in between leaves
  // a parent that is already spent (num_uses -1) and is found again by the sweeper.
  base::Status revoke_tree(barrier::Barrier& barrier, std::string_view token) const;
  // The token alone; its children become orphans.
  base::Status revoke_orphan(barrier::Barrier& barrier, std::string_view token) const;

  base::Result<std::vector<std::string>> accessors(const storage::ReadView& all, const logical::Namespace& ns) const;

  // sys/token/… or sys/expire/… changed.
  void invalidate(std::string_view key, base::Index index);
  const TokenSalt& salt() const;

 private:
  struct Cache;
  const barrier::Barrier& barrier_;
  const Expiration& expiration_;
  const base::Clock& clock_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace bao::core
