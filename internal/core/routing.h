// From a request to its mount, path and fields. Writes into the work only.
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// Errors: invalid for requests that are refused whatever their path; sealed. A path without mount or pattern is no error
// here: who may not ask shall not learn it.
base::Status route(const Core::Parts& parts, RequestWork& work);

// Finds the path in the mount and reads the fields; again after the request's data changed.
void match_path(RequestWork& work);

}  // namespace bao::core
