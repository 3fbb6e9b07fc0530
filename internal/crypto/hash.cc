// OpenSSL 3 behind plain functions. Digests are fetched once, contexts kept per thread: a fetch costs more than a hash.
#include "internal/crypto/hash.h"

#include <openssl/evp.h>

#include <array>
#include <map>
#include <memory>

#include "internal/base/ensure.h"

namespace bao::crypto {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string out(static_cast<size_t>(EVP_MD_get_size(algorithm)), '\0');
  const bool done = EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1;
  ENSURE(done, "a digest of OpenSSL");
  return out;
}

const EVP_MD* fetched(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  ENSURE(algorithm != nullptr, "OpenSSL has the digest");
  return algorithm;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const kAlgorithm = fetched("SHA2-256");
  return kAlgorithm;
}

constexpr size_t kHmacBlock = 64;

}  // namespace

std::string sha1(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = fetched("SHA1");
  return digest(kAlgorithm, bytes);
}

std::string sha256(std::string_view bytes) { return digest(sha256_algorithm(), bytes); }

std::string sha384(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = fetched("SHA2-384");
  return digest(kAlgorithm, bytes);
}

std::string sha512(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = fetched("SHA2-512");
  return digest(kAlgorithm, bytes);
}

std::string md5(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = fetched("MD5");
  return digest(kAlgorithm, bytes);
}

std::optional<std::string> digest_by_name(std::string_view name, std::string_view bytes) {
  using Algorithms = std::map<std::string_view, const EVP_MD*>;
  // Never destroyed: threads may still hash while the process ends, and the digests stay reachable.
  static const Algorithms& kAlgorithms = *new Algorithms{
      {"sha2-224", fetched("SHA2-224")}, {"sha2-256", fetched("SHA2-256")}, {"sha2-384", fetched("SHA2-384")},
      {"sha2-512", fetched("SHA2-512")}, {"sha3-224", fetched("SHA3-224")}, {"sha3-256", fetched("SHA3-256")},
      {"sha3-384", fetched("SHA3-384")}, {"sha3-512", fetched("SHA3-512")}};
  const auto found = kAlgorithms.find(name);
  if (found == kAlgorithms.end()) return std::nullopt;
  return digest(found->second, bytes);
}

// RFC 2104 over the kept digest context: OpenSSL's own HMAC sets up a context each time, at six times the cost.
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string block = key.size() > kHmacBlock ? sha256(key) : std::string(key);
  block.resize(kHmacBlock, '\0');
  std::string inner(block), outer(block);
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  inner += bytes;
  outer += sha256(inner);
  return sha256(outer);
}

// RFC 5869.
std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info, size_t length) {
  ENSURE(length <= 255 * 32, "HKDF gives 255 blocks at most");
  const std::string pseudo_random_key = hmac_sha256(salt.empty() ? std::string(32, '\0') : std::string(salt), key);
  std::string out, block;
  for (char counter = 1; out.size() < length; ++counter) {
    block = hmac_sha256(pseudo_random_key, block + std::string(info) + counter);
    out += block;
  }
  out.resize(length);
  return out;
}

}  // namespace bao::crypto
