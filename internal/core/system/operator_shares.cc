#include "internal/core/system/operator_shares.h"

#include <string>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/core/life_cycle.h"
#include "internal/crypto/shamir.h"

namespace bao::core::sys {
namespace {

constexpr size_t kShareBytesMin = 16, kShareBytesMax = 33;
constexpr size_t kKeyBytes = 32;

base::Result<base::SecretBytes> combined(const std::vector<base::SecretBytes>& shares, int threshold) {
  if (threshold == 1) return shares.front().clone();
  auto key = crypto::shamir_combine(shares);
  if (!key.ok()) return key.error().within("failed to compute root key");
  return key;
}

base::Result<std::string> stored(const barrier::Reader& reader, std::string_view key) {
  ASSIGN_OR_RETURN(auto value, reader.get_plain(key));
  if (!value) return base::corrupt(std::string(key) + " is missing");
  return std::move(*value);
}

// What the shares of a Shamir seal combine to opens the stored root key, which must be the one in use.
base::Status check_unseal_key(Core::Parts& parts, base::SecretBytes key) {
  const auto keyring = parts.barrier.keyring();
  if (!keyring) return base::Error(base::Code::sealed, "Vault is sealed");
  if (key.size() != kKeyBytes) return base::invalid("invalid key");
  const barrier::Reader reader(parts.barrier);
  ASSIGN_OR_RETURN(const std::string blob, stored(reader, "core/hsm/barrier-unseal-keys"));
  const auto keys = seal::shamir_wrapper(std::move(key))->unwrap(blob);
  if (!keys.ok()) return base::invalid("invalid key");
  ASSIGN_OR_RETURN(const base::SecretBytes root_key, seal::parse_stored_keys(keys->reveal()));
  if (root_key == keyring->root_key()) return {};
  return base::invalid("invalid key");
}

base::Status check_recovery_key(Core::Parts& parts, const base::SecretBytes& key) {
  const barrier::Reader reader(parts.barrier);
  ASSIGN_OR_RETURN(const std::string blob, stored(reader, "core/recovery-key"));
  ASSIGN_OR_RETURN(const base::SecretBytes expected, parts.options.auto_seal->unwrap(blob));
  if (expected == key) return {};
  return base::invalid("recovery key does not match submitted values");
}

}  // namespace

base::Result<int> shares_required(Core::Parts& parts) {
  const barrier::Reader reader(parts.barrier);
  const bool recovers = parts.options.auto_seal != nullptr;
  ASSIGN_OR_RETURN(const auto text, reader.get_plain(recovers ? "core/recovery-config" : "core/seal-config"));
  if (!text) return base::invalid("this node has no unseal or recovery keys");
  ASSIGN_OR_RETURN(const seal::SealConfig config, seal::parse_seal_config(*text));
  return config.threshold;
}

base::Result<int> share_threshold(Core::Parts& parts) {
  ASSIGN_OR_RETURN(const int required, shares_required(parts));
  if (required < 1) return base::invalid("this node has no unseal or recovery keys");
  return required;
}

base::Result<base::SecretBytes> read_share(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  auto bytes = codec::from_hex(text);
  if (!bytes.ok()) bytes = codec::from_base64(text);
  if (!bytes.ok()) return base::internal("'key' must be a valid hex or base64 string");
  if (bytes->size() < kShareBytesMin) {
    return base::internal("key is shorter than minimum " + std::to_string(kShareBytesMin) + " bytes");
  }
  if (bytes->size() > kShareBytesMax) {
    return base::internal("key is longer than maximum " + std::to_string(kShareBytesMax) + " bytes");
  }
  return base::SecretBytes::take(std::move(bytes).value());
}

base::Status check_active(const Core::Parts& parts) {
  if (parts.life_cycle->active()) return {};
  return base::Error(base::Code::needs_active, "this node is active no more");
}

base::Status check_shares(Core::Parts& parts, const std::vector<base::SecretBytes>& shares, int threshold) {
  ASSIGN_OR_RETURN(base::SecretBytes key, combined(shares, threshold));
  if (parts.options.auto_seal) return check_recovery_key(parts, key);
  return check_unseal_key(parts, std::move(key));
}

}  // namespace bao::core::sys
