// OCSP requests: bytes are refused or read, and every question that was read can be answered.
#include "internal/base/ensure.h"
#include "internal/crypto/x509/ocsp.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::crypto::x509;
  static const PrivateKey kKey = *PrivateKey::generate(KeyType::ed25519, 0);
  static const Certificate kIssuer = [] {
    CertificateTemplate content{.public_key = kKey.public_key()};
    return *parse_certificate(*sign_certificate(content, {kKey, SignatureAlgorithm::ed25519}));
  }();
  const auto request = parse_ocsp_request(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!request.ok()) return 0;
  ENSURE(!request->certificates.empty(), "a request asks something");
  std::vector<OcspAnswer> answers;
  for (const OcspCertificateId& id : request->certificates) {
    answers.push_back({.certificate = id, .status = is_about(id, kIssuer) ? OcspStatus::good : OcspStatus::unknown});
  }
  ENSURE(sign_ocsp_response(answers, request->nonce, {}, {kKey, SignatureAlgorithm::ed25519, &kIssuer}).ok(), "every question can be answered");
  return 0;
}
