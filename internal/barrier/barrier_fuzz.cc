// Envelopes: opening ends for any bytes and any version; nothing that was not sealed with the key opens.
#include "internal/barrier/keyring.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const crypto::GcmKey key(base::SecretBytes(std::string(32, 'k')));
  (void)barrier::envelope_term(bytes);
  (void)barrier::open_envelope(key, "logical/x", bytes);
  const auto sealed = barrier::seal_envelope(base::KeyTerm{1}, key, "logical/x", bytes);
  ENSURE(sealed.ok(), "anything can be sealed");
  const auto opened = barrier::open_envelope(key, "logical/x", *sealed);
  ENSURE(opened.ok() && *opened == bytes, "what was sealed opens");
  return 0;
}
