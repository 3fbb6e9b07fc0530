// The keyring: root key and data keys by term (openbao-storage.md 1.2). Immutable once shared.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/crypto/aead.h"

namespace bao::barrier {

struct RotationConfig {
  bool disabled = false;
  int64_t operations_max = 3'865'470'566;
  base::Duration interval{0};
};

struct KeyringKey {
  base::KeyTerm term;
  uint32_t version = 1;
  std::shared_ptr<const crypto::GcmKey> value;  // 16, 24 or 32 bytes; 32 when made here
  base::Time installed;
  uint64_t encryptions = 0;
  std::string unknown_members = "{}";  // JSON object, kept for serialize
};

// The JSON of one key, as core/root-key and core/upgrade/N hold it. A secret: the caller wipes it.
std::string serialize_key(const KeyringKey& key);
// Errors: corrupt.
base::Result<KeyringKey> parse_key(std::string_view json);

class Keyring {
 public:
  // A new keyring of one term with fresh random keys.
  static Keyring generate(base::Time now);
  // From the JSON of core/keyring, sanitised as the reference does; unknown members are kept for serialize(), those of
  // single keys and of the rotation rule too.
  static base::Result<Keyring> parse(std::string_view json);
  // A secret: the caller wipes it.
  std::string serialize() const;

  base::KeyTerm active_term() const;
  const KeyringKey* find(base::KeyTerm term) const;
  const KeyringKey& active() const;
  const base::SecretBytes& root_key() const;
  const RotationConfig& rotation() const;
  // Copies with one change each.
  Keyring with_new_term(base::Time now) const;
  Keyring with_key(KeyringKey key) const;  // of a term that another node added
  Keyring with_root_key(std::string_view root_key) const;
  Keyring with_rotation(RotationConfig config) const;
  Keyring with_encryptions(uint64_t count) const;

  // core/keyring's value: envelope under the root key, term field 1, AAD = path.
  base::Result<std::string> seal_to(std::string_view path) const;
  static base::Result<Keyring> unseal_from(std::string_view path, std::string_view envelope,
                                           const base::SecretBytes& root_key);

 private:
  std::shared_ptr<const base::SecretBytes> root_key_;
  std::map<base::KeyTerm, KeyringKey> keys_;
  RotationConfig rotation_;
  std::string unknown_members_ = "{}", unknown_rotation_members_ = "{}";  // JSON objects
};

// The envelope itself: u32be term, version, nonce12, ciphertext, tag16.
base::Result<std::string> seal_envelope(base::KeyTerm term, const crypto::GcmKey& key, std::string_view path,
                                        std::string_view plain);
base::Result<std::string> open_envelope(const crypto::GcmKey& key, std::string_view path, std::string_view envelope);
base::Result<base::KeyTerm> envelope_term(std::string_view envelope);

}  // namespace bao::barrier
