// list_scan_response_keys_filter_path: from a listed key to the path whose access decides whether the key is shown.
// Templates know {{.path}} (the request's path) and {{.key}}, through `lowercase` and `uppercase` where asked; the other
// functions of the reference's templates are refused when the policy is written.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::core {

// Errors: invalid, a template that cannot be read.
base::Result<std::string> keys_filter_path(std::string_view filter, std::string_view path, std::string_view key);

}  // namespace bao::core
