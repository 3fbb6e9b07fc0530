// Certificate requests: bytes are refused or read, and what was read is asked for again alike.
#include "internal/base/ensure.h"
#include "internal/crypto/x509/request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::crypto::x509;
  static const PrivateKey kKey = *PrivateKey::generate(KeyType::ec, 256);
  const auto request = parse_request(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!request.ok()) return 0;
  (void)request->signature_is_valid();
  const auto made = sign_request({request->subject, {}, request->extensions}, kKey, SignatureAlgorithm::ecdsa_sha256);
  ENSURE(made.ok(), "what was read can be asked for");
  const auto again = parse_request(*made);
  ENSURE(again.ok() && again->signature_is_valid() && again->extensions == request->extensions &&
             again->alternative_names == request->alternative_names && again->subject.parts.size() == request->subject.parts.size(),
         "it reads back the same");
  return 0;
}
