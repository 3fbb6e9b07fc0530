// What a finished rotation writes: a root key, and the unseal or recovery key whose shares were handed out (openbao-storage.md 1.3).
// Functions over the core's parts; thread-safe. Each change is one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/core/parts.h"
#include "internal/crypto/pgp/public_key.h"

namespace bao::core::sys {

// How a new key is cut up, and for whom.
struct RotationShape {
  int64_t shares = 0, threshold = 0;
  std::vector<std::string> pgp_keys;            // as given; kept in the seal's configuration
  std::vector<crypto::pgp::PublicKey> holders;  // the same, read: one a share, or none
  bool backup = false;                          // the encrypted shares are kept here, too
  bool verified = false;                        // the new shares are asked for before they count
};

// A fresh root key: the keyring under it, and what `store` keeps of it, change together or not at all.
using StoreRootKey = std::function<base::Status(barrier::Transaction&, const base::SecretBytes& root_key)>;
base::Status change_root_key(Core::Parts& parts, const StoreRootKey& store);

// A fresh root key under `key`, the new unseal key.
base::Status put_unseal_key(Core::Parts& parts, const base::SecretBytes& key, const RotationShape& shape);
base::Status put_recovery_key(Core::Parts& parts, const base::SecretBytes& key, const RotationShape& shape);
// A fresh root key under the same unseal key, or under the configured seal.
base::Status renew_root_key(Core::Parts& parts);

// Where encrypted shares are kept. The older API kept them beside the barrier, so that they can be read from a disk.
enum class BackupForm : uint8_t { encrypted, plain };
inline constexpr std::string_view kUnsealKeysBackup = "core/unseal-keys-backup", kRecoveryKeysBackup = "core/recovery-keys-backup";
base::Status put_backup(Core::Parts& parts, std::string_view key, const std::string& backup, BackupForm form);

}  // namespace bao::core::sys
