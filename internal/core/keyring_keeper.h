// Keeps the keyring while the node is unsealed: counts encryptions, rotates, forgets old upgrade entries
// (openbao-storage.md 1.2). One mutex (Rank::keyring) orders every change of the barrier's keyring, so that nothing puts a
// keyring back after sealing. Thread-safe; start() and stop() under the life cycle's mutex.
#pragma once

#include "internal/base/mutex.h"
#include "internal/core/background_job.h"
#include "internal/core/life_cycle.h"

namespace bao::core {

class KeyringKeeper {
 public:
  explicit KeyringKeeper(Core::Parts& parts);
  void start() { job_.start(); }
  void stop() { job_.stop(); }

  // One round: the count of encryptions goes into the stored keyring; a term is added when the rotation rules ask for one;
  // upgrade entries past their grace period go. Nothing while sealed.
  base::Status keep();
  base::Status rotate();
  base::Result<KeyStatus> status() const;
  // core/root-key follows core/keyring; restored data may hold a stale one, which is rewritten with a warning.
  base::Status check_root_key();
  // Takes the keyring from the barrier.
  void seal();

 private:
  base::Status fold_encryptions() REQUIRES(mutex_);
  base::Status forget_upgrades() REQUIRES(mutex_);
  bool rotation_due() const REQUIRES(mutex_);
  // Encryptions by the active term that its stored count doesn't hold yet.
  uint64_t unfolded(const barrier::Keyring& keyring) const REQUIRES(mutex_);

  Core::Parts& parts_;
  mutable base::Mutex mutex_{base::Rank::keyring};
  base::KeyTerm folded_term_ GUARDED_BY(mutex_);
  uint64_t folded_ GUARDED_BY(mutex_) = 0;  // of Barrier::encryptions(), while that term is the active one
  BackgroundJob job_;
};

}  // namespace bao::core
