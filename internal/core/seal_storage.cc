#include "internal/core/seal_storage.h"

#include <charconv>

namespace bao::core {

using base::Result;
using base::SecretBytes;

namespace {

Result<std::optional<seal::SealConfig>> read_config(const barrier::Reader& reader, std::string_view key) {
  ASSIGN_OR_RETURN(const auto stored, reader.get_plain(key));
  if (!stored) return std::optional<seal::SealConfig>();
  auto config = seal::parse_seal_config(*stored);
  if (!config.ok()) return config.error().within(key);
  return std::optional<seal::SealConfig>(std::move(*config));
}

}  // namespace

Result<StoredSeal> read_stored_seal(const barrier::Reader& reader) {
  StoredSeal stored;
  ASSIGN_OR_RETURN(const auto keyring, reader.get_plain(kKeyringKey));
  ASSIGN_OR_RETURN(stored.barrier, read_config(reader, kSealConfigKey));
  ASSIGN_OR_RETURN(stored.recovery, read_config(reader, kRecoveryConfigKey));
  stored.initialized = keyring.has_value();
  if (stored.initialized && !stored.barrier) {
    return base::internal("core: barrier reports initialized but no seal configuration found");
  }
  return stored;
}

Result<base::Index> read_era(const barrier::Reader& reader) {
  ASSIGN_OR_RETURN(const auto mark, reader.get_plain(barrier::kEraKey));
  base::Index era;
  if (!mark) return era;
  const auto [end, error] = std::from_chars(mark->data(), mark->data() + mark->size(), era.value);
  if (error != std::errc() || end != mark->data() + mark->size()) return base::corrupt("core: it is not said since when there is this data");
  return era;
}

Result<barrier::Keyring> open_stored_keyring(const barrier::Reader& reader, const seal::Wrapper& wrapper) {
  ASSIGN_OR_RETURN(const auto blob, reader.get_plain(kStoredKeysKey));
  if (!blob) return base::corrupt("no stored unseal keys were found: is the node initialized?");
  const auto stored_keys = wrapper.unwrap(*blob);
  if (!stored_keys.ok()) {
    const bool wrong_key = stored_keys.error().code() == base::Code::corrupt;
    return base::invalid("unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: " +
                         (wrong_key ? "cipher: message authentication failed" : stored_keys.error().message()));
  }
  ASSIGN_OR_RETURN(const SecretBytes root_key, seal::parse_stored_keys(stored_keys->reveal()));
  ASSIGN_OR_RETURN(const auto envelope, reader.get_plain(kKeyringKey));
  if (!envelope) return base::corrupt("core/keyring is missing");
  auto keyring = barrier::Keyring::unseal_from(kKeyringKey, *envelope, root_key);
  if (!keyring.ok()) return base::invalid("unseal failed, invalid key");
  return keyring;
}

}  // namespace bao::core
