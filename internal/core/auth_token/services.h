// What the paths below auth/token/ use of the core, so that they can be tested without a whole node.
#pragma once

#include <functional>
#include <string_view>

#include "internal/barrier/barrier.h"
#include "internal/core/identity/identities.h"
#include "internal/core/mounts/router.h"
#include "internal/core/policy/policy_store.h"
#include "internal/core/token/token_store.h"
#include "internal/logical/backend.h"

namespace bao::core::auth_token {

struct Services {
  barrier::Barrier& barrier;
  const TokenStore& tokens;
  const Expiration& expiration;
  const PolicyStore& policies;
  const identity::Identities& identities;
  // Whether the policies of a token grant sudo on a path.
  std::function<base::Result<bool>(const storage::ReadView& all, const TokenEntry& entry, std::string_view path)> has_sudo;
  // The mount that serves a path, or nullptr.
  std::function<std::shared_ptr<const Mount>(std::string_view path)> mount_of;
  // Runs a task after the answer, one of a name at a time; false when it wasn't started.
  std::function<bool(const std::string& name, std::function<void()> task)> in_background;
};

// Limits of the token mount itself.
struct Limits {
  base::Duration default_lease_ttl{0}, max_lease_ttl{0};
};

logical::BackendFactory make_backend(Services services);

}  // namespace bao::core::auth_token
