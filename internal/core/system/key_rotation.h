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
#include "internal/logical/path.h"

namespace bao::core::sys {

enum class Target : uint8_t { root, recovery };

struct RotationShape {
  int64_t shares = 0, threshold = 0;
  bool verified = false;  // the new shares are asked for before they count
};

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
  KeyRotation(Core::Parts& parts, Target target) : parts_(parts), target_(target) {}

  logical::Reply status() const {
    base::MutexLock lock(mutex_);
    return locked_status();
  }
  logical::Reply begin(const logical::Call& call);
  void end() override {
    base::MutexLock lock(mutex_);
    rotation_.reset();
  }
  logical::Reply cancel() {
    end();
    return logical::Response::none();
  }
  logical::Reply update(const logical::Call& call);
  logical::Reply verification_status() const {
    base::MutexLock lock(mutex_);
    return locked_verification_status();
  }
  logical::Reply verify(const logical::Call& call);
  logical::Reply restart_verification();
  // A new root key under the same unseal key, without shares.
  logical::Reply rotate_now();

 private:
  logical::Reply locked_status() const REQUIRES(mutex_);
  logical::Reply locked_verification_status() const REQUIRES(mutex_);
  logical::Reply finish(base::SecretBytes key) REQUIRES(mutex_);
  base::Status check_verification() REQUIRES(mutex_);
  bool has_auto_seal() const { return parts_.options.auto_seal != nullptr; }
  base::Result<RotationShape> read_shape(const logical::Call& call) const;
  base::Status check_given(const std::vector<base::SecretBytes>& shares, int threshold) const;
  base::Status perform(const base::SecretBytes& key, const RotationShape& shape) REQUIRES(mutex_);
  base::Status perform_root(const base::SecretBytes& key, const RotationShape& shape) REQUIRES(mutex_);
  base::Status perform_recovery(const base::SecretBytes& key, const RotationShape& shape) REQUIRES(mutex_);

  Core::Parts& parts_;
  const Target target_;
  mutable base::Mutex mutex_{base::Rank::ceremony};
  std::optional<RotationUnderWay> rotation_ GUARDED_BY(mutex_);
};

}  // namespace bao::core::sys
