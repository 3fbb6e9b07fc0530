// Revocation lists: bytes are refused or read, and the entries that were read can be listed again alike.
#include "internal/base/ensure.h"
#include "internal/crypto/x509/crl.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::crypto::x509;
  const auto crl = parse_crl(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!crl.ok()) return 0;
  static const PrivateKey kKey = *PrivateKey::generate(KeyType::ec, 256);
  (void)crl->is_signed_by(kKey.public_key());
  static const Certificate kIssuer = [] {
    CertificateTemplate content{.public_key = kKey.public_key()};
    return *parse_certificate(*sign_certificate(content, {kKey, SignatureAlgorithm::ecdsa_sha256}));
  }();
  RevokedList list;
  for (const RevokedCertificate& revoked : crl->revoked) ENSURE(list.add(revoked).ok(), "what was read can be listed");
  const auto again = parse_crl(*sign_crl({.this_update = crl->this_update, .next_update = crl->next_update.value_or(crl->this_update)}, list,
                                         {kKey, SignatureAlgorithm::ecdsa_sha256, &kIssuer}));
  ENSURE(again.ok() && again->revoked.size() == crl->revoked.size() && again->is_signed_by(kKey.public_key()), "it reads back the same");
  return 0;
}
