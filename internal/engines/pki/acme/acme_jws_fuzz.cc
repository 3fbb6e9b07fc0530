// Signed messages and keys as strangers send them. A key that is read has its thumbprint, and no signature of nothing is right.
#include "internal/base/ensure.h"
#include "internal/engines/pki/acme/jws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::engines::pki::acme;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = bao::codec::parse_json(text);
  if (!json.ok()) return 0;
  if (const auto key = parse_jwk(*json); key.ok()) ENSURE(key->thumbprint.size() == 43, "a thumbprint is a hash");
  const Envelope envelope = envelope_of(*json);
  static_cast<void>(binding_header(envelope).ok());
  const auto header = request_header(envelope);
  if (!header.ok()) return 0;
  const auto key = parse_jwk(header->jwk);
  if (key.ok()) static_cast<void>(verified_payload(envelope, *header, key->key).ok());
  return 0;
}
