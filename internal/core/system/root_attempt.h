// The attempt at a root token that is under way (generate_root.cc): one at a time, whichever API began it. Thread-safe; in memory of the
// active node, and over when that one is active no more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/base/secret.h"
#include "internal/core/ceremonies.h"
#include "internal/core/system/operator_shares.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/pgp/public_key.h"

namespace bao::core::sys {

// Who alone can read the token: whoever has the one-time password, or the PGP key.
struct Recipient {
  base::SecretBytes otp;
  std::optional<crypto::pgp::PublicKey> pgp_key;

  std::string fingerprint() const { return pgp_key ? pgp_key->fingerprint() : ""; }
  Recipient clone() const { return {otp.clone(), pgp_key}; }
};

class RootAttempt final : public Ceremony {
 public:
  struct Progress {
    std::string nonce;  // "" when there is no attempt
    size_t shares = 0;
    std::string fingerprint;
  };
  Progress progress() const {
    base::MutexLock lock(mutex_);
    return {nonce_, shares_.size(), recipient_.fingerprint()};
  }
  base::Status begin(const Core::Parts& parts, Recipient recipient) {
    base::MutexLock lock(mutex_);
    TRY(check_active(parts));
    if (!nonce_.empty()) return base::invalid("root generation already in progress for this namespace");
    nonce_ = crypto::random_uuid();
    recipient_ = std::move(recipient);
    return {};
  }
  void end() override {
    base::MutexLock lock(mutex_);
    forget();
  }
  // That one only: another may have begun.
  void end(std::string_view nonce) {
    base::MutexLock lock(mutex_);
    if (nonce == nonce_) forget();
  }

  struct Complete {
    std::vector<base::SecretBytes> shares;
    Recipient recipient;
  };
  // Adds a share; when there are enough, takes them: what they turn out to be worth, the collection starts over.
  base::Result<std::optional<Complete>> add(std::string_view nonce, base::SecretBytes share, int threshold) {
    base::MutexLock lock(mutex_);
    if (nonce_.empty()) return base::internal("no root generation in progress");
    if (nonce != nonce_) {
      return base::internal("incorrect nonce supplied; nonce for this root generation operation is \"" + nonce_ + "\"");
    }
    for (const base::SecretBytes& known : shares_) {
      if (known == share) return base::internal("given key has already been provided during this generation operation");
    }
    shares_.push_back(std::move(share));
    if (shares_.size() < static_cast<size_t>(threshold)) return std::optional<Complete>();
    return std::optional<Complete>(Complete{std::exchange(shares_, {}), recipient_.clone()});
  }

 private:
  void forget() REQUIRES(mutex_) {
    nonce_.clear();
    recipient_ = {};
    shares_.clear();
  }

  mutable base::Mutex mutex_{base::Rank::engine};
  std::string nonce_ GUARDED_BY(mutex_);
  Recipient recipient_ GUARDED_BY(mutex_);
  std::vector<base::SecretBytes> shares_ GUARDED_BY(mutex_);
};

}  // namespace bao::core::sys
