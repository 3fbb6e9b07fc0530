#include "internal/core/keyring_keeper.h"

#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/core/seal_storage.h"

namespace bao::core {

using base::MutexLock;
using base::Result;
using base::Status;

namespace {

constexpr base::Duration kInterval = std::chrono::minutes(5);
constexpr base::Duration kUpgradeGrace = std::chrono::minutes(2);
constexpr base::Duration kTermAgeMax = std::chrono::hours(24 * 365);  // of a term whose encryptions nobody counted

base::Error sealed_error() { return {base::Code::sealed, "Vault is sealed"}; }

}  // namespace

KeyringKeeper::KeyringKeeper(Core::Parts& parts)
    : parts_(parts), job_("keyring", kInterval, [this] {
        const Status kept = keep();
        if (!kept.ok() && kept.error().code() != base::Code::sealed) {
          base::log_warn("core", "the keyring cannot be kept", {{"error", kept.error().message()}});
        }
      }) {}

void KeyringKeeper::seal() {
  const MutexLock lock(mutex_);
  parts_.barrier.seal();
  folded_ = 0;
}

uint64_t KeyringKeeper::unfolded(const barrier::Keyring& keyring) const {
  const uint64_t counted = parts_.barrier.encryptions();
  return folded_term_ == keyring.active_term() && folded_ <= counted ? counted - folded_ : counted;
}

Result<KeyStatus> KeyringKeeper::status() const {
  const MutexLock lock(mutex_);
  const auto keyring = parts_.barrier.keyring();
  if (keyring == nullptr) return sealed_error();
  const barrier::KeyringKey& active = keyring->active();
  return KeyStatus{active.term.value, active.installed, active.encryptions + unfolded(*keyring)};
}

Status KeyringKeeper::rotate() {
  const MutexLock lock(mutex_);
  if (parts_.barrier.sealed()) return sealed_error();
  return parts_.barrier.rotate(parts_.clock.now());
}

Status KeyringKeeper::keep() {
  const MutexLock lock(mutex_);
  if (parts_.barrier.sealed()) return {};
  if (rotation_due()) {
    base::log_info("core", "adding a term to the keyring, as its rotation rules ask");
    return parts_.barrier.rotate(parts_.clock.now());
  }
  TRY(fold_encryptions());
  return forget_upgrades();
}

bool KeyringKeeper::rotation_due() const {
  const auto keyring = parts_.barrier.keyring();
  const barrier::RotationConfig& rules = keyring->rotation();
  if (rules.disabled) return false;
  const barrier::KeyringKey& active = keyring->active();
  const uint64_t count = active.encryptions + unfolded(*keyring);
  const base::Duration age = parts_.clock.now() - active.installed;
  if (count > static_cast<uint64_t>(rules.operations_max)) return true;
  if (rules.interval.count() > 0 && age > rules.interval) return true;
  return active.encryptions == 0 && age > kTermAgeMax;
}

// Into the keyring as it is stored, so that a rotation or a change of its rules meanwhile is a conflict.
Status KeyringKeeper::fold_encryptions() {
  const auto current = parts_.barrier.keyring();
  const uint64_t fresh = unfolded(*current), counted = parts_.barrier.encryptions();
  if (fresh == 0) return {};
  std::shared_ptr<const barrier::Keyring> next;
  const auto done = parts_.barrier.transact([&](barrier::Transaction& all) -> Status {
    ASSIGN_OR_RETURN(const auto stored, all.get_plain(kKeyringKey));
    if (!stored) return base::corrupt("core/keyring is missing");
    ASSIGN_OR_RETURN(const auto keyring, barrier::Keyring::unseal_from(kKeyringKey, *stored, current->root_key()));
    if (keyring.active_term() != current->active_term()) return {};  // counted anew
    next = std::make_shared<const barrier::Keyring>(keyring.with_encryptions(keyring.active().encryptions + fresh));
    return barrier::put_keyring(all, *next);
  });
  if (!done.ok()) return done.error();
  if (next == nullptr) return {};
  parts_.barrier.adopt(next, *done);
  folded_term_ = next->active_term();
  folded_ = counted;
  return {};
}

Status KeyringKeeper::forget_upgrades() {
  const base::Duration age = parts_.clock.now() - parts_.barrier.keyring()->active().installed;
  if (age < kUpgradeGrace) return {};
  const auto done = parts_.barrier.transact([](barrier::Transaction& all) -> Status {
    ASSIGN_OR_RETURN(const auto terms, all.list(kUpgradePrefix, "", -1));
    for (const std::string& term : terms) TRY(all.remove(std::string(kUpgradePrefix) + term));
    return {};
  });
  return done.ok() ? Status() : Status(done.error());
}

Status KeyringKeeper::check_root_key() {
  const MutexLock lock(mutex_);
  const auto keyring = parts_.barrier.keyring();
  if (keyring == nullptr) return sealed_error();
  const auto done = parts_.barrier.transact([&](barrier::Transaction& all) -> Status {
    ASSIGN_OR_RETURN(const auto stored, all.get(kRootKeyKey));
    if (!stored) return barrier::put_keyring(all, *keyring);
    const auto json = codec::parse_json(*stored);
    const codec::Json* value = json.ok() ? json->find_ignoring_case("Value") : nullptr;
    if (value != nullptr && value->as_string() == codec::to_base64(keyring->root_key().reveal())) return {};
    base::log_warn("core", "core/root-key does not belong to the keyring and is written anew");
    return barrier::put_keyring(all, *keyring);
  });
  return done.ok() ? Status() : Status(done.error());
}

}  // namespace bao::core
