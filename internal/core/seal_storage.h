// What the seal and the keyring keep in storage (openbao-storage.md 1, 2.1): reading and writing it, without any state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/barrier/barrier.h"
#include "internal/barrier/seal/seal.h"
#include "internal/base/result.h"

namespace bao::core {

inline constexpr std::string_view kSealConfigKey = "core/seal-config";
inline constexpr std::string_view kRecoveryConfigKey = "core/recovery-config";
inline constexpr std::string_view kRecoveryKeyKey = "core/recovery-key";
inline constexpr std::string_view kStoredKeysKey = "core/hsm/barrier-unseal-keys";
inline constexpr std::string_view kKeyringKey = "core/keyring";
inline constexpr std::string_view kRootKeyKey = "core/root-key";
inline constexpr std::string_view kShamirKekKey = "core/shamir-kek";
inline constexpr std::string_view kUpgradePrefix = "core/upgrade/";

// What can be read while sealed.
struct StoredSeal {
  bool initialized = false;
  std::optional<seal::SealConfig> barrier, recovery;
};
// Errors: corrupt; internal when a keyring stands without a seal configuration.
base::Result<StoredSeal> read_stored_seal(const barrier::Reader& reader);

// Since when there is this data (barrier::kEraKey). Errors: corrupt.
base::Result<base::Index> read_era(const barrier::Reader& reader);

// The keyring that the wrapper's stored root key opens. Errors: invalid when the wrapper's key is a wrong one, corrupt.
base::Result<barrier::Keyring> open_stored_keyring(const barrier::Reader& reader, const seal::Wrapper& wrapper);

}  // namespace bao::core
