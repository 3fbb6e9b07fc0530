// Issuers as revocation sees them, for tests of what needs no more of the engine.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "internal/crypto/x509/openssl_command.h"
#include "internal/engines/pki/revoker.h"

namespace bao::engines::pki {

// Issuers that a test changes as it likes.
struct GivenRevokers final : RevokerSource {
  GivenRevokers() = default;
  explicit GivenRevokers(std::vector<Revoker> revokers) : given(std::move(revokers)) {}
  base::Result<RevokerList> all(const storage::ReadView&) const override { return std::make_shared<const std::vector<Revoker>>(given); }
  base::Result<RevokerList> all(const storage::WriteView&) const override { return std::make_shared<const std::vector<Revoker>>(given); }
  std::vector<Revoker> given;
};

// One that may sign everything; "1" is the default.
inline Revoker revoker_of(const crypto::x509::TestRoot& root, const std::string& id, const std::string& name) {
  return {.id = id, .name = name, .is_default = id == "1", .certificate = std::make_shared<const crypto::x509::Certificate>(root.certificate),
          .key = root.key, .signs_crls = true, .signs_ocsp = true};
}

// One for a whole test program: keys take their time.
inline const crypto::x509::TestRoot& shared_root() {
  static const crypto::x509::TestRoot kRoot = crypto::x509::make_root();
  return kRoot;
}

}  // namespace bao::engines::pki
