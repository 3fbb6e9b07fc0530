// Whether the keyring in force is the one that is stored: for the audit of caches (core/invalidation). Thread-safe.
#pragma once

#include "internal/barrier/barrier.h"

namespace bao::barrier {

struct KeyringComparison {
  bool same = true;
  base::Index at;  // of the snapshot
};
// Terms, keys and root key; not the counts of encryptions, which are stored now and then. Errors: sealed, corrupt.
base::Result<KeyringComparison> compare_with_stored(Barrier& barrier);

}  // namespace bao::barrier
