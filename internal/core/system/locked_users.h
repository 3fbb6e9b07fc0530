// sys/locked-users: who is locked out of logging in, and letting him in again.
#pragma once

#include "internal/core/system/paths.h"

namespace bao::core::sys {

Paths locked_user_paths(Core::Parts& parts);

}  // namespace bao::core::sys
