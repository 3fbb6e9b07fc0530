// Shares of a key that are handed out encrypted, each for the PGP key of the one who is to hold it (openbao-api.md 2.2). Values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/crypto/pgp/public_key.h"

namespace bao::seal {

// A key as the API takes it: base64 of its binary form. Error: invalid, saying whether it is the base64 or the key.
base::Result<crypto::pgp::PublicKey> read_pgp_key(std::string_view base64);
// One key for each share, or none at all. Errors: invalid.
base::Result<std::vector<crypto::pgp::PublicKey>> read_share_holders(const std::vector<std::string>& base64, int64_t shares);

// What comes out in the place of shares: messages (binary) that hold each share's hex, for the holders in their order.
base::Result<std::vector<base::SecretBytes>> encrypt_shares(const std::vector<base::SecretBytes>& shares,
                                                            const std::vector<crypto::pgp::PublicKey>& holders);
std::vector<std::string> fingerprints_of(const std::vector<crypto::pgp::PublicKey>& holders);

// core/unseal-keys-backup, core/recovery-keys-backup: {"Nonce": "…", "Keys": {fingerprint: [hex of a message]}}.
std::string serialize_backup(std::string_view nonce, const std::vector<std::string>& fingerprints,
                             const std::vector<base::SecretBytes>& messages);

}  // namespace bao::seal
