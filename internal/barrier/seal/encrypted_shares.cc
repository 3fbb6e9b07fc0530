#include "internal/barrier/seal/encrypted_shares.h"

#include <map>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"

namespace bao::seal {

using base::SecretBytes;
using codec::Json;
using crypto::pgp::PublicKey;

base::Result<PublicKey> read_pgp_key(std::string_view base64) {
  const auto binary = codec::from_base64(base64);
  if (!binary.ok()) return base::invalid("error decoding given PGP key: " + binary.error().message());
  auto key = PublicKey::parse(*binary);
  if (!key.ok()) return base::invalid("error parsing given PGP key: " + key.error().message());
  return key;
}

base::Result<std::vector<PublicKey>> read_share_holders(const std::vector<std::string>& base64, int64_t shares) {
  if (!base64.empty() && std::cmp_not_equal(base64.size(), shares)) {
    return base::invalid("count mismatch between number of provided PGP keys and number of shares");
  }
  std::vector<PublicKey> holders;
  for (const std::string& text : base64) {
    ASSIGN_OR_RETURN(PublicKey holder, read_pgp_key(text));
    holders.push_back(std::move(holder));
  }
  return holders;
}

base::Result<std::vector<SecretBytes>> encrypt_shares(const std::vector<SecretBytes>& shares, const std::vector<PublicKey>& holders) {
  if (shares.size() != holders.size()) return base::internal("mismatch between number items to encrypt and number of PGP keys");
  std::vector<SecretBytes> messages;
  for (size_t i = 0; i < shares.size(); ++i) {
    const SecretBytes hex = SecretBytes::take(codec::to_hex(shares[i].reveal()));
    ASSIGN_OR_RETURN(std::string message, holders[i].encrypt(hex.reveal()));
    messages.push_back(SecretBytes::take(std::move(message)));
  }
  return messages;
}

std::vector<std::string> fingerprints_of(const std::vector<PublicKey>& holders) {
  std::vector<std::string> fingerprints;
  for (const PublicKey& holder : holders) fingerprints.push_back(holder.fingerprint());
  return fingerprints;
}

std::string serialize_backup(std::string_view nonce, const std::vector<std::string>& fingerprints,
                             const std::vector<SecretBytes>& messages) {
  std::map<std::string, Json> by_holder;  // one may hold several
  for (size_t i = 0; i < messages.size(); ++i) {
    Json& held = by_holder.try_emplace(fingerprints[i], Json::array()).first->second;
    held.push_back(codec::to_hex(messages[i].reveal()));
  }
  Json keys = Json::object();
  for (auto& [fingerprint, held] : by_holder) keys.set(fingerprint, std::move(held));
  return codec::write_json(Json::record({{"Nonce", nonce}, {"Keys", std::move(keys)}}));
}

}  // namespace bao::seal
