// Setting a user's password: by its text, hashed here, or by a hash made elsewhere. A hash takes tens of milliseconds, so it is
// made while the write is planned and found again in the transaction, however often that runs.
#pragma once

#include "internal/logical/path.h"

namespace bao::auth::userpass {

// Whether the request names a password in exactly one way. Error: invalid.
base::Status check_password_fields(const logical::Call& call);
// The hash to keep for the `password` or `password_hash` of the request. Of one request it is the same for the thread that runs it,
// and made once. Errors: invalid.
base::Result<std::string> hash_to_keep(const logical::Call& call);

}  // namespace bao::auth::userpass
