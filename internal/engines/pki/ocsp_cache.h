// Signed OCSP answers that were given lately, by what was asked: clients of one certificate ask the same again and again, and a signature is
// what an answer costs. Each node keeps its own. An answer is kept a minute at most, and no longer than a quarter of its validity; one whose
// certificate is revoked meanwhile goes when that is applied here, all go with a change of issuers or settings. Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/crypto/x509/ocsp.h"

namespace bao::engines::pki {

class OcspCache {
 public:
  std::optional<std::string> find(const crypto::x509::OcspCertificateId& asked, base::Time now) const EXCLUDES(mutex_);
  // An answer from a view of that index; passed over where what it rests on has changed since.
  void keep(const crypto::x509::OcspCertificateId& asked, std::string answer, base::Index index, base::Time now, base::Duration validity) EXCLUDES(mutex_);
  // The backend's `invalidate`.
  void invalidate(std::string_view key, base::Index index) EXCLUDES(mutex_);

 private:
  struct Kept {
    std::string answer;
    base::Time until{};
  };
  static constexpr size_t kAnswersMax = 4096;  // some 300 bytes each, 1 KB by RSA; a full table is begun anew

  mutable base::Mutex mutex_{base::Rank::engine};
  std::map<std::string, Kept, std::less<>> answers_ GUARDED_BY(mutex_);  // by serial number first
  base::Index changed_ GUARDED_BY(mutex_);
};

}  // namespace bao::engines::pki
