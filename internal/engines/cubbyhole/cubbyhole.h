// The cubbyhole: a store of its own for each service token, emptied when the token ends (openbao-api.md 4.1,
// openbao-storage.md 8.5). What a token keeps lies under its Caller::cubbyhole_id; the core removes that folder with the
// token. Immutable after construction, thread-safe.
#pragma once

#include "internal/logical/backend.h"

namespace bao::engines {

logical::BackendFactory cubbyhole_backend();

}  // namespace bao::engines
