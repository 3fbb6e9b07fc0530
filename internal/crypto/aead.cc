#include "internal/crypto/aead.h"

#include <openssl/evp.h>

#include "internal/base/published.h"

namespace bao::crypto {
namespace {

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

// With the key set and no nonce yet; nullptr when OpenSSL refuses.
EVP_CIPHER_CTX* make_context(std::string_view key, bool seals) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  if (context != nullptr && EVP_CipherInit_ex2(context, cipher_for(key.size()), octets(key), nullptr, seals ? 1 : 0, nullptr) != 1) {
    EVP_CIPHER_CTX_free(context);
    return nullptr;
  }
  return context;
}

EVP_CIPHER_CTX* native(void* context) { return static_cast<EVP_CIPHER_CTX*>(context); }

}  // namespace

class GcmKey::Context {
 public:
  Context(const GcmKey& key, Direction direction)
      : home_(key.stripes_[base::thread_number() % kStripes].contexts[direction]),
        context_(native(home_.exchange(nullptr, std::memory_order_acquire))) {
    if (context_ == nullptr) context_ = make_context(key.bytes_.reveal(), direction == kSeal);
  }
  // Another thread may have put one there meanwhile: one is kept.
  ~Context() { EVP_CIPHER_CTX_free(native(home_.exchange(context_, std::memory_order_acq_rel))); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_CIPHER_CTX* get() const { return context_; }

 private:
  std::atomic<void*>& home_;
  EVP_CIPHER_CTX* context_;
};

GcmKey::~GcmKey() {
  for (Stripe& stripe : stripes_) {
    for (auto& context : stripe.contexts) EVP_CIPHER_CTX_free(native(context.load(std::memory_order_acquire)));
  }
}

base::Status GcmKey::seal_to(std::string& out, std::string_view nonce, std::string_view plain, std::string_view aad) const {
  TRY(check_sizes(bytes_.reveal(), nonce));
  const Context lent(*this, kSeal);
  EVP_CIPHER_CTX* context = lent.get();
  const size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  int written = 0, rest = 0;
  const bool done =
      context != nullptr && EVP_EncryptInit_ex2(context, nullptr, nullptr, octets(nonce), nullptr) == 1 &&
      (aad.empty() || EVP_EncryptUpdate(context, nullptr, &written, octets(aad), static_cast<int>(aad.size())) == 1) &&
      EVP_EncryptUpdate(context, octets(out) + start, &written, octets(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context, octets(out) + start + written, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, out.data() + start + plain.size()) == 1;
  if (done) return {};
  out.resize(start);
  return base::internal("AES-GCM: encryption failed");
}

base::Result<std::string> GcmKey::open(std::string_view nonce, std::string_view sealed, std::string_view aad) const {
  TRY(check_sizes(bytes_.reveal(), nonce));
  if (sealed.size() < kTagBytes) return base::corrupt("AES-GCM: shorter than its tag");
  const size_t size = sealed.size() - kTagBytes;
  const Context lent(*this, kOpen);
  EVP_CIPHER_CTX* context = lent.get();
  std::string out(size, '\0');
  int written = 0, rest = 0;
  const bool done =
      context != nullptr && EVP_DecryptInit_ex2(context, nullptr, nullptr, octets(nonce), nullptr) == 1 &&
      (aad.empty() || EVP_DecryptUpdate(context, nullptr, &written, octets(aad), static_cast<int>(aad.size())) == 1) &&
      EVP_DecryptUpdate(context, octets(out), &written, octets(sealed), static_cast<int>(size)) == 1 &&
      // OpenSSL only reads the tag.
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTagBytes, const_cast<char*>(sealed.data()) + size) == 1 &&
      EVP_DecryptFinal_ex(context, octets(out) + written, &rest) == 1;
  if (done) return out;
  base::wipe(out);
  return base::corrupt("AES-GCM: message authentication failed");
}

base::Result<std::string> gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                                   std::string_view aad) {
  std::string out;
  TRY(GcmKey(base::SecretBytes(key)).seal_to(out, nonce, plain, aad));
  return out;
}

base::Result<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                   std::string_view aad) {
  return GcmKey(base::SecretBytes(key)).open(nonce, sealed, aad);
}

}  // namespace bao::crypto
