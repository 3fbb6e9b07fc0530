#include "internal/crypto/one_time_password.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "internal/base/ensure.h"

namespace bao::crypto {
namespace {

const EVP_MD* digest_of(PasscodeHash hash) {
  switch (hash) {
    case PasscodeHash::sha1: return EVP_sha1();
    case PasscodeHash::sha256: return EVP_sha256();
    case PasscodeHash::sha512: return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

std::string one_time_password(PasscodeHash hash, std::string_view key, uint64_t counter, int digits) {
  ENSURE(digits >= 1 && digits <= 9, "a passcode has one to nine digits");
  std::array<unsigned char, 8> message{};
  for (size_t i = 0; i < message.size(); ++i) message[i] = static_cast<unsigned char>(counter >> (8 * (7 - i)));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  const auto* made = HMAC(digest_of(hash), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.data(), &size);
  ENSURE(made != nullptr && size >= 20, "HMAC failed");
  // RFC 4226 5.3, dynamic truncation.
  const size_t at = mac[size - 1] & 15U;
  uint32_t number = (mac[at] & 127U) << 24 | static_cast<uint32_t>(mac[at + 1]) << 16 | static_cast<uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::string out(static_cast<size_t>(digits), '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, number /= 10) *digit = static_cast<char>('0' + number % 10);
  return out;
}

}  // namespace bao::crypto
