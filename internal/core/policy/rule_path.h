// What the path of a policy rule means: leading '/', trailing '*', '+' segments.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/core/policy/policy.h"

namespace bao::core {

// Sets path, prefix and has_segment_wildcards from a path without templates. Errors: invalid, "path "a/+*": …".
base::Status set_rule_path(PathRule& rule, std::string path);

// Text between quotes as Go's %q writes it, near enough: for messages.
std::string quoted(std::string_view text);

}  // namespace bao::core
