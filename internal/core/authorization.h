// Who asks, and whether he may (README, a request's way). Errors are those the client gets: a missing or unknown token is
// plain "permission denied", a denial by policy "1 error occurred: …".
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// Finds the token's entry where the path needs one, and what its entity gives to it. Errors: denied, also where the entity is
// disabled or gone; for sys/wrapping's paths, that the wrapping token is
// not valid.
base::Status authenticate(const Core::Parts& parts, RequestWork& work, const storage::ReadView& all);

// Decides between create and update, asks the ACL, fills the request's caller. Errors: denied.
base::Status authorize(const Core::Parts& parts, RequestWork& work, const storage::ReadView& all);

// By what the token's entity is now. Errors: denied, as above.
base::Result<std::shared_ptr<const Acl>> acl_of_token(const Core::Parts& parts, const storage::ReadView& all,
                                                      const TokenEntry& entry, base::Time now);

}  // namespace bao::core
