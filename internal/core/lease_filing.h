// What an answer brings into being: the lease of a secret, the token of a login (openbao-storage.md 3, 4). In the
// request's transaction, after its handler.
#pragma once

#include "internal/core/request_work.h"
#include "internal/logical/token_params.h"

namespace bao::core {

// Files Response::lease for the caller's token, with the mount's limits. Nothing where the response has none.
base::Status file_lease(const Core::Parts& parts, const RequestWork& work, storage::WriteView& all,
                        logical::Response& response);

// Service or batch, by what the method asks for and how its mount is tuned.
logical::TokenKind login_token_kind(const RequestWork& work, const logical::Auth& auth);

// Says in `auth` who logs in, by entity, with its policies; nothing where the method names nobody. With a view that writes, what is
// missing of the entity is made; without, false when something is. Errors: denied, the entity is disabled.
base::Result<bool> identify_login(const Core::Parts& parts, const RequestWork& work, logical::Auth& auth);
base::Status identify_login(const Core::Parts& parts, RequestWork& work, storage::WriteView& all, logical::Auth& auth);

// Ids of the groups of who logs in, once his entity is known.
base::Result<std::vector<std::string>> groups_of_login(const Core::Parts& parts, const RequestWork& work, const logical::Auth& auth);

// Makes the token of a login (Auth without a client_token) that is known to be whose (identify_login). Errors: invalid for policies that a
// login may not give.
base::Status create_login_token(const Core::Parts& parts, const RequestWork& work, storage::WriteView& all,
                                logical::Response& response);

}  // namespace bao::core
