// AES-GCM with 12-byte nonces and 16-byte tags. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto {

inline constexpr size_t kNonceBytes = 12;
inline constexpr size_t kTagBytes = 16;

// A key with cipher contexts that are set up for it and kept: that is half the cost of opening 1 KB. What the contexts
// hold of the key is wiped with this object, so key material never outlives its owner in a thread that happened to use it.
class GcmKey {
 public:
  // 16, 24 or 32 bytes; of any other size every operation is an error (invalid).
  explicit GcmKey(base::SecretBytes bytes) : bytes_(std::move(bytes)) {}
  ~GcmKey();
  GcmKey(const GcmKey&) = delete;
  GcmKey& operator=(const GcmKey&) = delete;

  // Appends ciphertext || tag.
  base::Status seal_to(std::string& out, std::string_view nonce, std::string_view plain, std::string_view aad = {}) const;
  // Code::corrupt when the tag does not match.
  base::Result<std::string> open(std::string_view nonce, std::string_view sealed, std::string_view aad = {}) const;
  const base::SecretBytes& bytes() const { return bytes_; }

 private:
  enum Direction : size_t { kSeal, kOpen };
  class Context;  // one lent for an operation
  // A thread mostly finds its own stripe's contexts at home; nullptr while lent, or never made.
  static constexpr size_t kStripes = 16;
  struct alignas(64) Stripe {
    std::array<std::atomic<void*>, 2> contexts{};
  };

  const base::SecretBytes bytes_;
  mutable std::array<Stripe, kStripes> stripes_{};
};

// The same for a key that is used once.
base::Result<std::string> gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                                   std::string_view aad = {});
base::Result<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                   std::string_view aad = {});

}  // namespace bao::crypto
