// The ceremony of changing the key behind the shares, by the consent of those who hold the old ones (openbao-api.md 2.2): the
// unseal key with the root key, or the recovery key. Behind an auto seal the root key has no shares: those of the recovery key
// vouch for its change. Thread-safe; in memory of the active node, as in the reference: on the next one it begins again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/base/secret.h"
#include "internal/core/parts.h"
#include "internal/core/system/rotation_api.h"
#include "internal/logical/path.h"

namespace bao::core::sys {

// The rotation under way.
struct RotationUnderWay {
  std::string nonce;
  RotationShape shape;
  std::vector<base::SecretBytes> given;       // old shares
  std::string verification_nonce;       // "" until the new key is made
  base::SecretBytes new_key;
  std::vector<base::SecretBytes> verifying;   // new shares
};

// One rotation at a time. The mutex is held over a ceremony's last step, storage included: nothing else waits for it.
class KeyRotation final : public Ceremony {
 public:
  KeyRotation(Core::Parts& parts, RotationApi api) : parts_(parts), api_(std::move(api)) {}

  logical::Reply status() const {
    base::MutexLock lock(mutex_);
    return locked_status();
  }
  logical::Reply begin(const logical::Call& call);
  void end() override {
    base::MutexLock lock(mutex_);
    rotation_.reset();
  }
  logical::Reply cancel(const logical::Call&) {
    end();
    return logical::Response::none();
  }
  logical::Reply update(const logical::Call& call);
  logical::Reply verification_status() const {
    base::MutexLock lock(mutex_);
    return locked_verification_status();
  }
  logical::Reply verify(const logical::Call& call);
  logical::Reply restart_verification(const logical::Call&);

 private:
  logical::Reply locked_status() const REQUIRES(mutex_);
  logical::Reply locked_verification_status() const REQUIRES(mutex_);
  logical::Reply finish(base::SecretBytes key) REQUIRES(mutex_);
  base::Status check_verification() REQUIRES(mutex_);
  bool has_auto_seal() const { return parts_.options.auto_seal != nullptr; }
  bool has_shares() const { return api_.target == Target::recovery || !has_auto_seal(); }
  base::Result<RotationShape> read_shape(const logical::Call& call) const;
  bool supported() const { return api_.target == Target::root || has_auto_seal(); }
  base::Status check_applicable(const RotationShape& shape) const;
  base::Result<std::vector<base::SecretBytes>> handed_out(const base::SecretBytes& key) REQUIRES(mutex_);
  base::Status check_given(const std::vector<base::SecretBytes>& shares, int threshold) const;
  base::Status perform(const base::SecretBytes& key) REQUIRES(mutex_);

  Core::Parts& parts_;
  const RotationApi api_;
  mutable base::Mutex mutex_{base::Rank::ceremony};
  std::optional<RotationUnderWay> rotation_ GUARDED_BY(mutex_);
};

}  // namespace bao::core::sys
