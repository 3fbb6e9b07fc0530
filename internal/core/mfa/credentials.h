// What a client supplies to prove a second factor: in X-Vault-MFA beside the login, or to sys/mfa/validate after it. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::core::mfa {

// By the method's id or name; a method without a value asks for whatever it asks by itself.
using Credentials = std::map<std::string, std::vector<std::string>, std::less<>>;

// Values of the header X-Vault-MFA, `method[:value]`. Errors: invalid.
base::Result<Credentials> credentials_of(const std::vector<std::string>& headers);
// {"<method>": ["<passcode>"]}. Errors: invalid.
base::Result<Credentials> credentials_of(const codec::Json& payload);

// The one passcode among a method's values, written plainly or as "passcode=…"; "" when there is none. Errors: invalid (several, or
// something else).
base::Result<std::string> passcode_of(const std::vector<std::string>& values);

}  // namespace bao::core::mfa
