// The member's own key and certificate. The key stands on the disk sealed by the barrier only (ARCHITECTURE D18, D22).
#pragma once

#include <optional>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/core/ha/cluster.h"
#include "internal/crypto/tls.h"

namespace bao::cluster {

struct NodeKeys {
  crypto::CertificateAndKey current;
  base::Time made{};                               // the current one
  std::optional<crypto::CertificateAndKey> next;   // while it rotates: offered to the others, not in use
};

// Errors: absent (no such file), corrupt, and those of unseal.
base::Result<NodeKeys> read_node_key(const std::string& file, const core::KeySealing& sealing);
// Durable, and whole or not there, when it returns. Errors: unavailable.
base::Status write_node_key(const std::string& file, const NodeKeys& keys, const core::KeySealing& sealing);

// The name that a node gave itself: what `file` holds, or a new one, which it then holds. Errors: unavailable.
base::Result<std::string> kept_name(const std::string& file);

}  // namespace bao::cluster
