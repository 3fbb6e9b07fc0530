#include "internal/engines/pki/acme/nonces.h"

#include <algorithm>

#include "internal/base/secret.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/engines/pki/acme/layout.h"

namespace bao::engines::pki::acme {
namespace {

constexpr size_t kKeyBytes = 32, kTimeBytes = 8, kRandomBytes = 12, kMacBytes = 16;
constexpr std::chrono::minutes kClocksDiffer{1};  // a standby's may be ahead

base::Result<std::string> key_of(const storage::ReadView& view) {
  ASSIGN_OR_RETURN(auto key, view.get(layout::kNonceKey));
  if (!key) return base::Error(base::Code::unavailable, "ACME is being set up");
  return std::move(*key);
}

std::string mac_of(const std::string& key, std::string_view text) { return crypto::hmac_sha256(key, text).substr(0, kMacBytes); }

std::string time_bytes(base::Time time) {
  const auto count = static_cast<uint64_t>(time.time_since_epoch().count());
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(count >> shift);
  return bytes;
}

base::Time time_of(std::string_view bytes) {
  uint64_t count = 0;
  for (const char c : bytes.substr(0, kTimeBytes)) count = count << 8 | static_cast<unsigned char>(c);
  return base::Time(base::Duration(static_cast<int64_t>(count)));
}

}  // namespace

base::Status Nonces::renew_key(storage::WriteView& view) { return view.put(layout::kNonceKey, crypto::random_bytes(kKeyBytes)); }

base::Status Nonces::ensure_key(storage::WriteView& view) {
  ASSIGN_OR_RETURN(const auto key, view.get(layout::kNonceKey));
  return key ? base::Status() : renew_key(view);
}

base::Result<std::string> Nonces::make(const storage::ReadView& view, base::Time now) const {
  ASSIGN_OR_RETURN(const std::string key, key_of(view));
  const std::string text = time_bytes(now) + crypto::random_nonce(kRandomBytes);
  return codec::to_base64url(text + mac_of(key, text));
}

base::Result<bool> Nonces::use(const storage::ReadView& view, std::string_view nonce, const std::string& request_id, base::Time now) {
  const auto bytes = codec::from_base64url(nonce);
  if (!bytes.ok() || bytes->size() != kTimeBytes + kRandomBytes + kMacBytes) return false;
  ASSIGN_OR_RETURN(const std::string key, key_of(view));
  const std::string_view text = std::string_view(*bytes).substr(0, kTimeBytes + kRandomBytes);
  if (!base::equal_in_constant_time(mac_of(key, text), std::string_view(*bytes).substr(text.size()))) return false;
  const base::Time issued = time_of(text);

  const base::MutexLock lock(mutex_);
  if (const auto found = used_.find(text); found != used_.end()) return found->second == request_id;
  forget(now - kValidFor);
  if (issued < refused_before_ || issued > now + kClocksDiffer) return false;
  if (used_.size() >= kRememberedMax) forget(in_order_.front().first + base::Duration(1));
  used_.emplace(text, request_id);
  in_order_.emplace_back(issued, text);
  return true;
}

void Nonces::forget(base::Time before) {
  refused_before_ = std::max(refused_before_, before);
  while (!in_order_.empty() && in_order_.front().first < refused_before_) {
    used_.erase(in_order_.front().second);
    in_order_.pop_front();
  }
}

}  // namespace bao::engines::pki::acme
