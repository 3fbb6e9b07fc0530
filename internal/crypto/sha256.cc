#include "internal/crypto/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "internal/base/ensure.h"

namespace bao::crypto {
namespace {

const EVP_MD* algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return kAlgorithm;
}

}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> native{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  ENSURE(EVP_DigestInit_ex2(context_->native.get(), algorithm(), nullptr) == 1, "a digest of OpenSSL");
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view piece) {
  ENSURE(EVP_DigestUpdate(context_->native.get(), piece.data(), piece.size()) == 1, "a digest of OpenSSL");
}

std::string Sha256::digest() {
  std::string out(32, '\0');
  ENSURE(EVP_DigestFinal_ex(context_->native.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1, "a digest of OpenSSL");
  return out;
}

std::array<uint8_t, 32> sha256_of(std::initializer_list<std::string_view> pieces) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<uint8_t, 32> out{};
  bool done = EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1;
  for (const std::string_view piece : pieces) done = done && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  done = done && EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1;
  ENSURE(done, "a digest of OpenSSL");
  return out;
}

}  // namespace bao::crypto
