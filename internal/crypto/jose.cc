#include "internal/crypto/jose.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include "internal/crypto/openssl_handles.h"

namespace bao::crypto {
namespace {

constexpr size_t kCoordinateBytes = 66;  // of 521 bits
constexpr int kDigitsMax = 160;          // of a number below 2^521: 157

struct FreeText {
  void operator()(char* text) const { OPENSSL_clear_free(text, std::char_traits<char>::length(text)); }
};
using NumberPtr = std::unique_ptr<BIGNUM, FreeBy<BN_clear_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using ParametersPtr = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

base::Error failed(std::string_view what) { return base::internal(std::string(what) + ": " + openssl_reason()); }

NumberPtr number_of(std::string_view decimal) {
  if (decimal.empty() || decimal.size() > kDigitsMax || decimal.find_first_not_of("0123456789") != std::string_view::npos) return nullptr;
  BIGNUM* number = nullptr;
  BN_dec2bn(&number, std::string(decimal).c_str());
  return NumberPtr(number);
}

base::Result<std::string> decimal_of(const EVP_PKEY* key, const char* parameter) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, parameter, &found) != 1) return failed("P-521 key");
  const NumberPtr number(found);
  const std::unique_ptr<char, FreeText> text(BN_bn2dec(number.get()));
  if (!text) return failed("P-521 key");
  return std::string(text.get());
}

// 0x04, x, y (SEC 1, 2.3.3); "" when a number is too large.
std::string point_of(const BIGNUM* x, const BIGNUM* y) {
  std::string point(1 + 2 * kCoordinateBytes, '\x04');
  auto* at = reinterpret_cast<unsigned char*>(point.data()) + 1;
  const int size = static_cast<int>(kCoordinateBytes);
  if (BN_bn2binpad(x, at, size) != size || BN_bn2binpad(y, at + kCoordinateBytes, size) != size) return "";
  return point;
}

KeyPtr key_of(const BIGNUM* d, const std::string& point) {
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-521", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d) != 1) {
    return nullptr;
  }
  const ParametersPtr parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) != 1) {
    return nullptr;
  }
  return KeyPtr(key);
}

bool is_consistent(EVP_PKEY* key) {
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_check(context.get()) == 1;
}

}  // namespace

struct Es512Key::State {
  KeyPtr key;
};

Es512Key::Es512Key(std::unique_ptr<State> state) : state_(std::move(state)) {}
Es512Key::Es512Key(Es512Key&&) noexcept = default;
Es512Key& Es512Key::operator=(Es512Key&&) noexcept = default;
Es512Key::~Es512Key() = default;

base::Result<Es512Key> Es512Key::generate() {
  KeyPtr key(EVP_EC_gen("P-521"));
  if (!key) return failed("P-521 key");
  return Es512Key(std::make_unique<State>(State{std::move(key)}));
}

base::Result<Es512Key> Es512Key::from_numbers(const EcKeyNumbers& numbers) {
  const NumberPtr x = number_of(numbers.x), y = number_of(numbers.y), d = number_of(numbers.d.reveal());
  const std::string point = x && y && d ? point_of(x.get(), y.get()) : "";
  KeyPtr key = point.empty() ? nullptr : key_of(d.get(), point);
  const bool good = key && is_consistent(key.get());
  ERR_clear_error();
  if (!good) return base::invalid("not a key of the curve P-521");
  return Es512Key(std::make_unique<State>(State{std::move(key)}));
}

base::Result<EcKeyNumbers> Es512Key::numbers() const {
  EcKeyNumbers numbers;
  ASSIGN_OR_RETURN(numbers.x, decimal_of(state_->key.get(), OSSL_PKEY_PARAM_EC_PUB_X));
  ASSIGN_OR_RETURN(numbers.y, decimal_of(state_->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
  ASSIGN_OR_RETURN(std::string d, decimal_of(state_->key.get(), OSSL_PKEY_PARAM_PRIV_KEY));
  numbers.d = base::SecretBytes::take(std::move(d));
  return numbers;
}

// OpenSSL speaks DER; the token carries the bare numbers.
base::Result<std::string> Es512Key::sign(std::string_view message) const {
  const ContextPtr context(EVP_MD_CTX_new());
  std::string der(static_cast<size_t>(EVP_PKEY_get_size(state_->key.get())), '\0');
  size_t size = der.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha512(), nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes_of(message), message.size()) != 1) {
    return failed("ES512");
  }
  const unsigned char* at = bytes_of(der);
  const SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  if (!signature) return failed("ES512");
  const std::string point = point_of(ECDSA_SIG_get0_r(signature.get()), ECDSA_SIG_get0_s(signature.get()));
  if (point.empty()) return base::internal("ES512: a signature of the wrong size");
  return point.substr(1);
}

bool Es512Key::verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != 2 * kCoordinateBytes) return false;
  const int half = static_cast<int>(kCoordinateBytes);
  const SignaturePtr pair(ECDSA_SIG_new());
  NumberPtr r(BN_bin2bn(bytes_of(signature), half, nullptr)), s(BN_bin2bn(bytes_of(signature) + half, half, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return false;
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return false;
  const ContextPtr context(EVP_MD_CTX_new());
  const bool good = context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha512(), nullptr, state_->key.get()) == 1 &&
                    EVP_DigestVerify(context.get(), der, static_cast<size_t>(size), bytes_of(message), message.size()) == 1;
  OPENSSL_free(der);
  ERR_clear_error();
  return good;
}

}  // namespace bao::crypto
