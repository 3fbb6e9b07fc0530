// AES-256-GCM with one cipher context a thread; a fresh context costs twice the decryption of 1 KB.
#include "internal/crypto/aead.h"

#include <openssl/evp.h>

#include <memory>

namespace bao::crypto {
namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

EVP_CIPHER_CTX* thread_context() {
  thread_local const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  return context.get();
}

// AES by the size of the key: OpenBao accepts 16 to 32 bytes on input and makes 32.
const EVP_CIPHER* cipher_for(size_t key_bytes) {
  static EVP_CIPHER* const k128 = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static EVP_CIPHER* const k192 = EVP_CIPHER_fetch(nullptr, "AES-192-GCM", nullptr);
  static EVP_CIPHER* const k256 = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return key_bytes == 32 ? k256 : key_bytes == 24 ? k192 : key_bytes == 16 ? k128 : nullptr;
}

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

base::Status check_sizes(std::string_view key, std::string_view nonce) {
  if (cipher_for(key.size()) == nullptr) return base::invalid("AES keys have 16, 24 or 32 bytes");
  if (nonce.size() != kNonceBytes) return base::invalid("GCM nonces have 12 bytes");
  return {};
}

}  // namespace

base::Result<std::string> gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                                   std::string_view aad) {
  TRY(check_sizes(key, nonce));
  EVP_CIPHER_CTX* context = thread_context();
  std::string out(plain.size() + kTagBytes, '\0');
  int written = 0, rest = 0;
  const bool done =
      EVP_EncryptInit_ex2(context, cipher_for(key.size()), octets(key), octets(nonce), nullptr) == 1 &&
      (aad.empty() || EVP_EncryptUpdate(context, nullptr, &written, octets(aad), static_cast<int>(aad.size())) == 1) &&
      EVP_EncryptUpdate(context, octets(out), &written, octets(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context, octets(out) + written, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, out.data() + plain.size()) == 1;
  if (!done) return base::internal("AES-GCM: encryption failed");
  return out;
}

base::Result<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                   std::string_view aad) {
  TRY(check_sizes(key, nonce));
  if (sealed.size() < kTagBytes) return base::corrupt("AES-GCM: shorter than its tag");
  const size_t size = sealed.size() - kTagBytes;
  std::string tag(sealed.substr(size));
  EVP_CIPHER_CTX* context = thread_context();
  std::string out(size + kTagBytes, '\0');  // room for OpenSSL's block; never empty
  int written = 0, rest = 0;
  const bool done =
      EVP_DecryptInit_ex2(context, cipher_for(key.size()), octets(key), octets(nonce), nullptr) == 1 &&
      (aad.empty() || EVP_DecryptUpdate(context, nullptr, &written, octets(aad), static_cast<int>(aad.size())) == 1) &&
      EVP_DecryptUpdate(context, octets(out), &written, octets(sealed), static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context, octets(out) + written, &rest) == 1;
  if (!done) return base::corrupt("AES-GCM: message authentication failed");
  out.resize(size);
  return out;
}

}  // namespace bao::crypto
