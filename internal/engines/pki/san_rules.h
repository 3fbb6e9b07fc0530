// Whether a role allows addresses, URIs, names of other kinds, user ids and serial numbers of subjects; and whether what a role says
// of them can be understood. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/alternative_names.h"
#include "internal/crypto/x509/extension.h"
#include "internal/engines/pki/role_entry.h"

namespace bao::engines::pki {

using crypto::x509::OtherName;

// "1.2.3;utf8:text". Errors: invalid.
base::Result<OtherName> parse_other_name(const std::string& text);
base::Status check_other_names(const RoleEntry& role, const std::vector<OtherName>& names);
// 4 or 16 bytes each.
base::Status check_addresses(const RoleEntry& role, const std::vector<std::string>& addresses);
bool allows_uri(const RoleEntry& role, const std::string& uri);
bool allows_pattern(const std::vector<std::string>& patterns, const std::string& text);

// OIDs, or {"oid":…,"cps":…,"notice":…}. Errors: internal, as in the reference.
base::Result<crypto::x509::Policy> parse_policy(const std::string& text);
// The field policy_identifiers as it was given: a JSON array of policies, which was taken apart at its commas, is put together again.
std::vector<std::string> policy_texts(const std::vector<std::string>& given);
base::Status check_role_patterns(const RoleEntry& role);

}  // namespace bao::engines::pki
