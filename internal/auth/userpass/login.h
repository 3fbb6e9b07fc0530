// login/:username: the password against the user's hash, with as much work for a name that nobody has. Pure but for the view.
#pragma once

#include "internal/logical/path.h"

namespace bao::auth::userpass {

inline constexpr char kRefusal[] = "invalid username or password";

// Runs bcrypt: outside of any transaction.
logical::Reply login(const logical::Call& call, const storage::ReadView& view);
// How long the token of a login goes on, as the user stands now. No `auth`: there is no such user any more.
logical::Reply renew(const logical::Call& call, const storage::ReadView& view);

}  // namespace bao::auth::userpass
