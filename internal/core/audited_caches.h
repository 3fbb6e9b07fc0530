// What this node keeps in memory of its storage, as the audit compares it: tokens, policies, mount tables, keyring. Compiled ACLs are
// made of policies and dropped with them; the engines' caches and the record cache of integrated storage (storage/raft) are not here.
#pragma once

#include <vector>

#include "internal/core/invalidation/cache_audit.h"
#include "internal/core/parts.h"

namespace bao::core {

// The parts outlive what is returned.
std::vector<AuditedCache> audited_caches(Core::Parts& parts);
// Whether everything up to that index was told to those who keep something.
bool all_told(const Core::Parts& parts, base::Index index);

}  // namespace bao::core
