// What a key holds: OpenSSL's object and what is asked of it often. For this folder.
#pragma once

#include <mutex>
#include <string>

#include "internal/crypto/openssl_handles.h"
#include "internal/crypto/x509/key.h"

namespace bao::crypto::x509 {

using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;

// Immutable once it is shared, but for what is made once. OpenSSL's own reference counts and caches make concurrent use of `key` safe.
struct KeyState {
  KeyPtr key;
  KeyType type;
  int bits = 0;
  std::string public_bits;  // the content of its bit string
  std::string public_der;   // SubjectPublicKeyInfo
  std::string key_id;

  // Ready to sign hashes by ECDSA, to be copied: setting one up looks methods up under locks of the whole process. Made by the first
  // signature, so that keys which never sign don't pay for it; nullptr where OpenSSL fails.
  const EVP_PKEY_CTX* ecdsa_context() const;

 private:
  mutable std::once_flag made_;
  mutable PkeyContextPtr ecdsa_context_;
};

}  // namespace bao::crypto::x509
