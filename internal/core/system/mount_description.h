// Mounts as sys/mounts, sys/auth, their tune and sys/internal/ui show them (openbao-api.md 2.3). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/codec/json.h"
#include "internal/core/mounts/router.h"

namespace bao::core::sys {

// The whole mount object.
codec::Json describe_mount(const MountEntry& entry, std::string_view version);
// What an unauthenticated caller sees of a mount that lists itself: type, description, options.
codec::Json describe_listed_mount(const MountEntry& entry);
// The flat answer of …/tune, with the effective times.
codec::Json describe_tuning(const Mount& mount);
// "default-service", "service", …; empty for a number that is none.
std::string_view token_type_name(int token_type);

}  // namespace bao::core::sys
