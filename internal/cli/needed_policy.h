// The policy that a request would need, for -output-policy. A pure function.
#pragma once

#include <string>

#include "internal/api/client.h"

namespace bao::cli {

// HCL of one path with its capabilities; sudo for paths known to want it at their usual mounts.
std::string needed_policy(const api::HttpRequest& request);

}  // namespace bao::cli
