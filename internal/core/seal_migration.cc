#include "internal/core/seal_migration.h"

#include <memory>
#include <utility>

#include "internal/base/log.h"
#include "internal/core/system/new_keys.h"

namespace bao::core {

using base::SecretBytes;
using base::Status;

namespace {

constexpr std::string_view kShamir = "shamir";

base::Error no_way(const std::string& from, std::string_view to) {
  const std::string target = to == kShamir ? "Shamir" : "\"" + std::string(to) + "\"";
  return base::internal("cannot seal migrate from \"" + from + "\" to " + target + ", no disabled seal in configuration");
}

bool opens(const seal::Wrapper& wrapper, const barrier::Reader& reader) {
  const auto blob = reader.get_plain(kStoredKeysKey);
  return blob.ok() && *blob && wrapper.unwrap(**blob).ok();
}

base::Result<std::string> stored_text(const barrier::Transaction& all, std::string_view key) {
  ASSIGN_OR_RETURN(auto stored, all.get_plain(key));
  if (!stored) return base::corrupt(std::string(key) + " is missing");
  return std::move(*stored);
}

Status put_recovery_key(barrier::Transaction& all, const seal::Wrapper& wrapper, const SecretBytes& key) {
  ASSIGN_OR_RETURN(const std::string blob, wrapper.wrap(key.reveal()));
  all.put_plain(kRecoveryKeyKey, blob);
  return {};
}

// The shares of the unseal key become those of the recovery key.
Status leave_shamir(barrier::Transaction& all, const seal::Wrapper& wrapper, const SecretBytes& key) {
  ASSIGN_OR_RETURN(const std::string shares, stored_text(all, kSealConfigKey));
  all.put_plain(kRecoveryConfigKey, shares);
  seal::SealConfig config;
  config.type = wrapper.type();
  config.shares = config.threshold = 1;
  all.put_plain(kSealConfigKey, seal::serialize_seal_config(config));
  TRY(all.remove(kShamirKekKey));
  return put_recovery_key(all, wrapper, key);
}

// And back.
Status enter_shamir(barrier::Transaction& all, const SecretBytes& key) {
  ASSIGN_OR_RETURN(const std::string shares, stored_text(all, kRecoveryConfigKey));
  all.put_plain(kSealConfigKey, shares);
  TRY(all.remove(kRecoveryConfigKey));
  TRY(all.remove(kRecoveryKeyKey));
  return all.put(kShamirKekKey, key.reveal());
}

}  // namespace

base::Result<std::optional<MigrationWay>> pending_migration(const barrier::Reader& reader, const StoredSeal& stored,
                                                            const CoreOptions& options) {
  using Way = std::optional<MigrationWay>;
  const std::string& from = stored.barrier->type;
  const seal::Wrapper *present = options.auto_seal.get(), *former = options.former_seal.get();
  const std::string_view to = present == nullptr ? kShamir : present->type();
  if (from == to) {
    const bool moves = present != nullptr && former != nullptr && !opens(*present, reader) && opens(*former, reader);
    return moves ? Way(MigrationWay::to_other_key) : Way();
  }
  if (from == kShamir) return Way(MigrationWay::from_shamir);
  if (former == nullptr || former->type() != from) return no_way(from, to);
  return Way(present == nullptr ? MigrationWay::to_shamir : MigrationWay::to_other_key);
}

const seal::SealConfig* asked_shares(const StoredSeal& stored) {
  const auto& config = stored.barrier && stored.barrier->type != kShamir ? stored.recovery : stored.barrier;
  return config ? &*config : nullptr;
}

Status migrate_seal(Core::Parts& parts, MigrationWay way, const SecretBytes& key) {
  std::unique_ptr<seal::Wrapper> shamir;
  if (way == MigrationWay::to_shamir) shamir = seal::shamir_wrapper(key.clone());
  const seal::Wrapper& wrapper = shamir != nullptr ? *shamir : *parts.options.auto_seal;
  base::log_info("core", "seal migration initiated", {{"to", std::string(wrapper.type())}});
  TRY(sys::change_root_key(parts, [&](barrier::Transaction& all, const SecretBytes& root_key) -> Status {
    ASSIGN_OR_RETURN(const std::string blob, wrapper.wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain(kStoredKeysKey, blob);
    switch (way) {
      case MigrationWay::from_shamir: return leave_shamir(all, wrapper, key);
      case MigrationWay::to_shamir: return enter_shamir(all, key);
      case MigrationWay::to_other_key: return put_recovery_key(all, wrapper, key);
    }
    return {};
  }));
  base::log_info("core", "seal migration complete");
  return {};
}

}  // namespace bao::core
