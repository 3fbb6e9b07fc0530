// A revoker: an issuer as revocation sees it, which signs lists and OCSP answers; and where they come from. What else there is about
// issuers is none of its business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/crypto/x509/certificate_template.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

struct Revoker {
  std::string id, name;
  bool is_default = false;
  std::shared_ptr<const crypto::x509::Certificate> certificate;
  std::optional<crypto::x509::PrivateKey> key{};
  bool signs_crls = false, signs_ocsp = false;  // its usages
  crypto::x509::SignatureAlgorithm algorithm = crypto::x509::SignatureAlgorithm::unknown;  // of what revokes; unknown: the key's
  std::optional<base::Time> revoked_at{};
  std::vector<std::string> delta_urls{};  // where its delta lists are to be found, templates filled in; complete lists say so

  // Signs CRLs and OCSP answers. ENSURE: has its key.
  crypto::x509::Signer signer() const;
  // Both sign for one subject with one key: they share a revocation list.
  bool is_twin_of(const Revoker& other) const;
  bool issued(const crypto::x509::Certificate& leaf) const { return crypto::x509::check_issued_by(leaf, *certificate).ok(); }
};
using RevokerList = std::shared_ptr<const std::vector<Revoker>>;

// Thread-safe.
class RevokerSource {
 public:
  virtual ~RevokerSource() = default;
  // Every issuer of the mount, for answers: as last known.
  virtual base::Result<RevokerList> all(const storage::ReadView& view) const = 0;
  // The same for what is written by them: as of that transaction, its own changes included.
  virtual base::Result<RevokerList> all(const storage::WriteView& view) const = 0;
};

// By "default", id or name; nullptr when there is none.
const Revoker* find_revoker(const std::vector<Revoker>& all, std::string_view reference);
// Of a certificate; "" where no issuer of today issued it.
std::string issuer_of(const std::vector<Revoker>& all, const crypto::x509::Certificate& certificate);

}  // namespace bao::engines::pki
