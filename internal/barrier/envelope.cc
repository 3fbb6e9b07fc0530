// The barrier's envelope (openbao-storage.md 1.1).
#include "internal/barrier/keyring.h"
#include "internal/crypto/aead.h"
#include "internal/crypto/hash.h"

namespace bao::barrier {
namespace {

constexpr size_t kHeaderBytes = 5;  // u32be term, version
constexpr char kVersionPlain = 1;   // no AAD
constexpr char kVersionPath = 2;    // AAD is the key path; what we write
constexpr size_t kOverhead = kHeaderBytes + crypto::kNonceBytes + crypto::kTagBytes;

}  // namespace

base::Result<std::string> seal_envelope(base::KeyTerm term, const crypto::GcmKey& key, std::string_view path,
                                        std::string_view plain) {
  const std::string nonce = crypto::random_nonce(crypto::kNonceBytes);
  std::string out;
  out.reserve(plain.size() + kOverhead);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(term.value >> shift);
  out += kVersionPath;
  out += nonce;
  TRY(key.seal_to(out, nonce, plain, path));
  return out;
}

base::Result<std::string> open_envelope(const crypto::GcmKey& key, std::string_view path, std::string_view envelope) {
  if (envelope.size() < kOverhead) return base::corrupt("barrier: an envelope is cut short");
  const char version = envelope[4];
  if (version != kVersionPlain && version != kVersionPath) return base::corrupt("barrier: an envelope of an unknown version");
  return key.open(envelope.substr(kHeaderBytes, crypto::kNonceBytes), envelope.substr(kHeaderBytes + crypto::kNonceBytes),
                  version == kVersionPath ? path : std::string_view());
}

base::Result<base::KeyTerm> envelope_term(std::string_view envelope) {
  if (envelope.size() < kOverhead) return base::corrupt("barrier: an envelope is cut short");
  uint32_t term = 0;
  for (size_t i = 0; i < 4; ++i) term = term << 8 | static_cast<uint8_t>(envelope[i]);
  return base::KeyTerm{term};
}

}  // namespace bao::barrier
