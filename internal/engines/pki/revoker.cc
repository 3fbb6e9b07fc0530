#include "internal/engines/pki/revoker.h"

namespace bao::engines::pki {

namespace x509 = crypto::x509;

x509::Signer Revoker::signer() const {
  ENSURE(key.has_value(), "an revoker that signs has its key");
  const bool usable = x509::signs_with(key->type(), algorithm);
  return {*key, usable ? algorithm : *x509::choose_signature(key->public_key(), 0, x509::Padding::pkcs1), certificate.get()};
}

bool Revoker::is_twin_of(const Revoker& other) const {
  return certificate->subject_der == other.certificate->subject_der && certificate->public_key == other.certificate->public_key;
}

const Revoker* find_revoker(const std::vector<Revoker>& all, std::string_view reference) {
  for (const Revoker& revoker : all) {
    const bool meant = reference == "default" ? revoker.is_default : revoker.id == reference || (!revoker.name.empty() && revoker.name == reference);
    if (meant) return &revoker;
  }
  return nullptr;
}

std::string issuer_of(const std::vector<Revoker>& all, const x509::Certificate& certificate) {
  for (const Revoker& revoker : all) {
    if (revoker.issued(certificate)) return revoker.id;
  }
  return "";
}

}  // namespace bao::engines::pki
