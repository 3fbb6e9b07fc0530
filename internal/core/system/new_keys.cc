#include "internal/core/system/new_keys.h"

#include <memory>
#include <utility>

#include "internal/barrier/seal/seal.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {

using base::SecretBytes;

namespace {

constexpr size_t kKeyBytes = 32;
constexpr std::string_view kKeyringKey = "core/keyring";

base::Status put_shape(barrier::Transaction& all, std::string_view path, const RotationShape& shape) {
  ASSIGN_OR_RETURN(const auto stored, all.get_plain(path));
  if (!stored) return base::corrupt(std::string(path) + " is missing");
  ASSIGN_OR_RETURN(seal::SealConfig config, seal::parse_seal_config(*stored));
  config.shares = static_cast<int>(shape.shares);
  config.threshold = static_cast<int>(shape.threshold);
  config.pgp_keys = shape.pgp_keys;
  config.backup = shape.backup;
  all.put_plain(path, seal::serialize_seal_config(config));
  return {};
}

base::Status committed(const base::Result<base::Index>& index) { return index.ok() ? base::Status() : base::Status(index.error()); }

}  // namespace

base::Status change_root_key(Core::Parts& parts, const StoreRootKey& store) {
  const auto fresh = SecretBytes::take(crypto::random_bytes(kKeyBytes));
  std::shared_ptr<const barrier::Keyring> next;
  const auto changed = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    const auto current = parts.barrier.keyring();
    if (!current) return base::Error(base::Code::sealed, "Vault is sealed");
    ASSIGN_OR_RETURN(const auto envelope, all.get_plain(kKeyringKey));
    if (!envelope) return base::corrupt("core/keyring is missing");
    ASSIGN_OR_RETURN(const barrier::Keyring stored,
                     barrier::Keyring::unseal_from(kKeyringKey, *envelope, current->root_key()));
    next = std::make_shared<const barrier::Keyring>(stored.with_root_key(fresh.reveal()));
    TRY(barrier::put_keyring(all, *next));
    return store(all, next->root_key());
  });
  if (!changed.ok()) return changed.error();
  parts.barrier.adopt(std::move(next), *changed);
  return {};
}

// Root key, its blob under the new unseal key, and the seal's configuration change together or not at all.
base::Status put_unseal_key(Core::Parts& parts, const SecretBytes& key, const RotationShape& shape) {
  return change_root_key(parts, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
    ASSIGN_OR_RETURN(const std::string blob, seal::shamir_wrapper(key.clone())->wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain("core/hsm/barrier-unseal-keys", blob);
    TRY(all.put("core/shamir-kek", key.reveal()));
    return put_shape(all, "core/seal-config", shape);
  });
}

base::Status put_recovery_key(Core::Parts& parts, const SecretBytes& key, const RotationShape& shape) {
  ASSIGN_OR_RETURN(const std::string blob, parts.options.auto_seal->wrap(key.reveal()));
  return committed(parts.barrier.transact([&](barrier::Transaction& all) {
    all.put_plain("core/recovery-key", blob);
    return put_shape(all, "core/recovery-config", shape);
  }));
}

base::Status renew_root_key(Core::Parts& parts) {
  const seal::Wrapper* auto_seal = parts.options.auto_seal.get();
  return change_root_key(parts, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
    std::unique_ptr<seal::Wrapper> shamir;
    if (auto_seal == nullptr) {
      ASSIGN_OR_RETURN(auto key, all.get("core/shamir-kek"));
      if (!key) return base::internal("failed to rotate barrier root key: the unseal key is not stored; rotate it with its shares");
      shamir = seal::shamir_wrapper(SecretBytes::take(std::move(*key)));
    }
    ASSIGN_OR_RETURN(const std::string blob,
                     (auto_seal == nullptr ? shamir.get() : auto_seal)->wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain("core/hsm/barrier-unseal-keys", blob);
    return {};
  });
}

base::Status put_backup(Core::Parts& parts, std::string_view key, const std::string& backup, BackupForm form) {
  return committed(parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    if (form == BackupForm::encrypted) return all.put(key, backup);
    all.put_plain(key, backup);
    return {};
  }));
}

}  // namespace bao::core::sys
