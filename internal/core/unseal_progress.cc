#include "internal/core/unseal_progress.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/shamir.h"

namespace bao::core {

using base::Result;
using base::SecretBytes;

namespace {

constexpr size_t kShareBytesMin = 16;
constexpr size_t kShareBytesMax = 33;  // a key of 32 bytes and the share's x

bool fits(const std::string& bytes) { return bytes.size() >= kShareBytesMin && bytes.size() <= kShareBytesMax; }

}  // namespace

// Text that is hex but of a length that no share has is read as base64, as the reference does.
Result<SecretBytes> share_bytes(std::string_view text) {
  auto bytes = codec::from_hex(text);
  if (!bytes.ok() || !fits(*bytes)) bytes = codec::from_base64(text);
  if (!bytes.ok()) return base::invalid("'key' must be a valid hex or base64 string");
  return SecretBytes::take(std::move(*bytes));
}

base::Status check_share(const SecretBytes& bytes) {
  const size_t size = bytes.reveal().size();
  if (size < kShareBytesMin) {
    return base::invalid("invalid key: key is shorter than minimum " + std::to_string(kShareBytesMin) + " bytes");
  }
  if (size > kShareBytesMax) {
    return base::invalid("invalid key: key is longer than maximum " + std::to_string(kShareBytesMax) + " bytes");
  }
  return {};
}

void UnsealProgress::add(SecretBytes share) {
  for (const SecretBytes& known : shares_) {
    if (base::equal_in_constant_time(known.reveal(), share.reveal())) return;
  }
  if (shares_.empty()) nonce_ = crypto::random_uuid();
  shares_.push_back(std::move(share));
}

void UnsealProgress::reset() {
  shares_.clear();
  nonce_.clear();
}

Result<SecretBytes> UnsealProgress::combine(int threshold) {
  const std::vector<SecretBytes> shares = std::move(shares_);
  reset();
  if (threshold == 1) return shares.front().clone();
  auto key = crypto::shamir_combine(shares);
  if (!key.ok()) return base::invalid("invalid key: failed to compute combined key: " + key.error().message());
  return key;
}

}  // namespace bao::core
