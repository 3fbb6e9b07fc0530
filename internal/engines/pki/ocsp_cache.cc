#include "internal/engines/pki/ocsp_cache.h"

#include <algorithm>

#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/layout.h"

namespace bao::engines::pki {
namespace {

constexpr std::chrono::seconds kKeptFor{60};

// Everything that stands in the answer, the serial number first as its revocation's key has it.
std::string key_of(const crypto::x509::OcspCertificateId& asked) {
  return crypto::x509::serial_text(asked.serial, '-') + "/" + asked.hash_algorithm + "/" + asked.issuer_name_hash + asked.issuer_key_hash;
}

}  // namespace

std::optional<std::string> OcspCache::find(const crypto::x509::OcspCertificateId& asked, base::Time now) const {
  const std::string key = key_of(asked);
  const base::MutexLock lock(mutex_);
  const auto found = answers_.find(key);
  if (found == answers_.end() || found->second.until <= now) return {};
  return found->second.answer;
}

void OcspCache::keep(const crypto::x509::OcspCertificateId& asked, std::string answer, base::Index index, base::Time now, base::Duration validity) {
  const std::string key = key_of(asked);
  const base::MutexLock lock(mutex_);
  if (index < changed_) return;
  if (answers_.size() >= kAnswersMax) answers_.clear();
  answers_[key] = {std::move(answer), now + std::min<base::Duration>(kKeptFor, validity / 4)};
}

void OcspCache::invalidate(std::string_view key, base::Index index) {
  const bool is_revocation = key.starts_with(layout::kRevoked);
  if (!is_revocation && !key.empty() && !key.starts_with("config/")) return;
  const base::MutexLock lock(mutex_);
  if (changed_ < index) changed_ = index;
  if (!is_revocation) return answers_.clear();
  const std::string serial = std::string(key.substr(std::string_view(layout::kRevoked).size())) + "/";
  for (auto each = answers_.lower_bound(serial); each != answers_.end() && each->first.starts_with(serial);) each = answers_.erase(each);
}

}  // namespace bao::engines::pki
