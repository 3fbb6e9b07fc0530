// Private keys in every form, as DER and PEM: bytes are refused or read, and what was read is written and reads back.
#include "internal/base/ensure.h"
#include "internal/crypto/x509/key.h"

namespace {

void reads_back(const bao::base::Result<bao::crypto::x509::PrivateKey>& key) {
  using bao::crypto::x509::PrivateKey;
  if (!key.ok()) return;
  for (const auto& again : {PrivateKey::parse_der(key->traditional_der().reveal()), PrivateKey::parse_der(key->pkcs8_der().reveal()),
                            PrivateKey::parse_pem(key->traditional_pem().reveal())}) {
    ENSURE(again.ok() && again->public_key() == key->public_key(), "a written key reads back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::crypto::x509;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reads_back(PrivateKey::parse_der(bytes));
  reads_back(PrivateKey::parse_pem(bytes));
  const auto key = PublicKey::parse(bytes);
  if (key.ok()) ENSURE(PublicKey::parse(key->der()).ok(), "a public key reads back");
  return 0;
}
