// The shares by which operators show that they may: unseal keys, or recovery keys behind an auto seal (openbao-api.md 2.2).
// Functions over the core's parts; thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/core/parts.h"

namespace bao::core::sys {

// How many shares it takes; 0 behind an auto seal without recovery keys.
base::Result<int> shares_required(Core::Parts& parts);
// How many shares it takes. Error: invalid when the node has no such keys.
base::Result<int> share_threshold(Core::Parts& parts);
// Hex or base64. Errors: internal, as the reference words and codes them on these paths.
base::Result<base::SecretBytes> read_share(std::string_view text);
// Whether a ceremony may begin here, asked under its lock: else it might begin just after it was ended (ceremonies.h).
// Errors: needs_active.
base::Status check_active(const Core::Parts& parts);
// Whether the shares combine to the key of this node. Errors: invalid, naming no share.
base::Status check_shares(Core::Parts& parts, const std::vector<base::SecretBytes>& shares, int threshold);

}  // namespace bao::core::sys
