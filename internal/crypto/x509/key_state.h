// What a key holds: OpenSSL's object and what is asked of it often. For this folder.
#pragma once

#include <string>

#include "internal/crypto/openssl_handles.h"
#include "internal/crypto/x509/key.h"

namespace bao::crypto::x509 {

// Immutable once it is shared. OpenSSL's own reference counts and caches make concurrent use of `key` safe.
struct KeyState {
  KeyPtr key;
  KeyType type;
  int bits = 0;
  std::string public_der;  // SubjectPublicKeyInfo
  std::string key_id;
};

}  // namespace bao::crypto::x509
