// list_scan_response_keys_filter_path: a policy that lets a list show only what its reader may also read
// (openbao-api.md 1.6).
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// Drops the keys whose path, made by the policy's template, the caller may not read (folders: list). Anything but a list
// under such a policy passes.
logical::Reply filter_list(const RequestWork& work, logical::Reply reply);

}  // namespace bao::core
