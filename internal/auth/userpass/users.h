// users/…: reading, writing, listing and removing users. Pure but for the view.
#pragma once

#include "internal/logical/path.h"

namespace bao::auth::userpass {

logical::Path users_path();
logical::Path list_path();
logical::Path password_path();
logical::Path policies_path();

}  // namespace bao::auth::userpass
