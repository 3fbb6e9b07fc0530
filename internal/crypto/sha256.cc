#include "internal/crypto/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "internal/base/ensure.h"

namespace bao::crypto {

std::array<uint8_t, 32> sha256_of(std::initializer_list<std::string_view> pieces) {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<uint8_t, 32> out{};
  bool done = EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) == 1;
  for (const std::string_view piece : pieces) done = done && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  done = done && EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1;
  ENSURE(done, "a digest of OpenSSL");
  return out;
}

}  // namespace bao::crypto
