// Shamir's secret sharing over GF(2^8), polynomial 0x11B, as OpenBao cuts its shares (openbao-storage.md 1.3): a share
// is y1…yn followed by x. Pure functions, thread-safe.
#pragma once

#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto {

// `parts` shares of which `threshold` suffice; 2 <= threshold <= parts <= 255.
base::Result<std::vector<base::SecretBytes>> shamir_split(const base::SecretBytes& secret, int parts, int threshold);
// Interpolates over all parts given; Code::invalid for duplicates, unequal or too short parts.
base::Result<base::SecretBytes> shamir_combine(const std::vector<base::SecretBytes>& parts);

}  // namespace bao::crypto
