// OpenPGP keys as clients give them: refused, or what is encrypted for them is a message.
#include <cstdint>

#include "internal/base/ensure.h"
#include "internal/crypto/pgp/public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto key = bao::crypto::pgp::PublicKey::parse({reinterpret_cast<const char*>(data), size});
  if (!key.ok()) {
    ENSURE(key.error().code() == bao::base::Code::invalid, "what cannot be read is the client's fault");
    return 0;
  }
  ENSURE(!key->fingerprint().empty(), "a key has a fingerprint");
  const auto message = key->encrypt("share");
  if (message.ok()) ENSURE(message->find("share") == std::string::npos, "it is encrypted");
  return 0;
}
