// Whether a role allows host names and mail addresses. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/engines/pki/role_entry.h"

namespace bao::engines::pki {

// '*' stands for any text, the empty one too.
bool glob_matches(std::string_view pattern, std::string_view text);
// Labels of letters, digits and hyphens, perhaps below "*."; perhaps with a dot at the end.
bool is_host_name(std::string_view text);
// International labels in punycode (RFC 3492), others as they are. Errors: invalid for empty or long labels, bad UTF-8.
base::Result<std::string> to_ascii(std::string_view name);

// A name of either kind as an alternative name.
bool allows_name(const RoleEntry& role, const std::string& name);
// As a common name, where cn_validations count too.
bool allows_common_name(const RoleEntry& role, const std::string& name);

}  // namespace bao::engines::pki
