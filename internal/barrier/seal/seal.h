// Seals protect the root key: Shamir (shares of a key-encryption key) and static (a configured key). Formats:
// openbao-storage.md 1.3 to 1.6. A Wrapper is thread-safe once made; the rest are values.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::seal {

// core/seal-config, core/recovery-config. Unknown members survive a rewrite.
struct SealConfig {
  std::string type;  // "shamir", "static"
  int shares = 0;
  int threshold = 0;
  std::vector<std::string> pgp_keys;  // of those whom the shares were encrypted for, base64
  bool backup = false;                // the encrypted shares are kept
  std::string unknown_members;  // JSON object
};
base::Result<SealConfig> parse_seal_config(std::string_view json);
std::string serialize_seal_config(const SealConfig& config);

// Encrypts and decrypts blobs (protobuf BlobInfo).
class Wrapper {
 public:
  virtual ~Wrapper() = default;
  virtual std::string_view type() const = 0;
  virtual base::Result<std::string> wrap(std::string_view plain) const = 0;
  virtual base::Result<base::SecretBytes> unwrap(std::string_view blob) const = 0;
};
// Shamir: the key-encryption key that the shares combine to (32 bytes).
std::unique_ptr<Wrapper> shamir_wrapper(base::SecretBytes kek);

// Keys of a `seal "static"` stanza: text as hex, base64, base64url or raw 32 bytes, or file://, env://.
struct StaticSealKey {
  std::string id;
  base::SecretBytes key;
};
base::Result<base::SecretBytes> parse_static_key(std::string_view text);
std::unique_ptr<Wrapper> static_wrapper(StaticSealKey current, std::vector<StaticSealKey> previous);

// An unseal or recovery key as people type it: hex or base64 of 16 to 33 bytes. Code::invalid with the API's texts.
base::Result<base::SecretBytes> parse_share(std::string_view text);

// The plaintext of core/hsm/barrier-unseal-keys: ["<base64 root key>"]. A secret: the caller wipes it.
std::string serialize_stored_keys(const base::SecretBytes& root_key);
base::Result<base::SecretBytes> parse_stored_keys(std::string_view json);

}  // namespace bao::seal
