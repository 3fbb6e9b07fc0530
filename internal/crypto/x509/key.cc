// DER of keys is written by hand, and public keys are read so: OpenSSL's encoders and decoders cost more than making a P-256 key.
#include "internal/crypto/x509/key.h"

#include <openssl/core_names.h>

#include <array>
#include <bit>

#include "internal/crypto/hash.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/key_state.h"
#include "internal/crypto/x509/pem.h"

namespace bao::crypto::x509 {
namespace {

constexpr int kRsaBitsMax = 8192;  // verifying with more is a way to keep us busy

struct Curve {
  int bits;
  const char* name;        // as it is made
  const char* group;       // as OpenSSL tells it
  const char* oid;
};
constexpr std::array<Curve, 4> kCurves{{{224, "P-224", "secp224r1", "1.3.132.0.33"},
                                        {256, "P-256", "prime256v1", "1.2.840.10045.3.1.7"},
                                        {384, "P-384", "secp384r1", "1.3.132.0.34"},
                                        {521, "P-521", "secp521r1", "1.3.132.0.35"}}};
constexpr char kRsaOid[] = "1.2.840.113549.1.1.1";
constexpr char kEcOid[] = "1.2.840.10045.2.1";
constexpr char kEd25519Oid[] = "1.3.101.112";
constexpr size_t kEd25519Bytes = 32;

const Curve* curve_of(int bits) {
  for (const Curve& curve : kCurves) {
    if (curve.bits == bits) return &curve;
  }
  return nullptr;
}

const Curve* curve_of(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) return nullptr;
  for (const Curve& curve : kCurves) {
    if (std::string_view(curve.group) == group.data()) return &curve;
  }
  return nullptr;
}

struct Number {
  Number(const EVP_PKEY* key, const char* parameter) { found = EVP_PKEY_get_bn_param(key, parameter, &value) == 1; }
  ~Number() { BN_clear_free(value); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  size_t size() const { return static_cast<size_t>(BN_num_bytes(value)); }
  // Of at least that many bytes.
  base::SecretBytes bytes(size_t width = 0) const {
    std::string out(std::max(size(), width), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    return base::SecretBytes::take(std::move(out));
  }
  BIGNUM* value = nullptr;
  bool found = false;
};

// AlgorithmIdentifier of the key itself.
std::string key_algorithm(KeyType type, int bits) {
  switch (type) {
    case KeyType::rsa: return der::sequence({der::oid(kRsaOid), der::null()});
    case KeyType::ec: return der::sequence({der::oid(kEcOid), der::oid(curve_of(bits)->oid)});
    case KeyType::ed25519: return der::sequence({der::oid(kEd25519Oid)});
  }
  return {};
}

// The content of SubjectPublicKeyInfo's bit string; "" when OpenSSL does not tell.
std::string public_bits(const EVP_PKEY* key, KeyType type) {
  if (type == KeyType::rsa) {
    const Number modulus(key, OSSL_PKEY_PARAM_RSA_N), exponent(key, OSSL_PKEY_PARAM_RSA_E);
    if (!modulus.found || !exponent.found) return {};
    return der::sequence({der::integer(modulus.bytes().reveal()), der::integer(exponent.bytes().reveal())});
  }
  std::string bits(256, '\0');
  size_t size = 0;
  auto* to = reinterpret_cast<unsigned char*>(bits.data());
  const bool found = type == KeyType::ec
                         ? EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, to, bits.size(), &size) == 1
                         : (size = bits.size(), EVP_PKEY_get_raw_public_key(key, to, &size) == 1);
  bits.resize(found ? size : 0);
  // Only uncompressed points: the reference knows no others, and one key shall have one form.
  if (type == KeyType::ec && !bits.empty() && bits[0] != 4) return {};
  return bits;
}

base::Error no_key() {
  ERR_clear_error();
  return base::invalid("not a key that is supported");
}

struct Kind {
  KeyType type;
  int bits;
};

base::Result<Kind> kind_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: {
      const int bits = EVP_PKEY_get_bits(key);
      if (bits > kRsaBitsMax) return base::invalid("RSA keys of more than " + std::to_string(kRsaBitsMax) + " bits are not supported");
      return Kind{KeyType::rsa, bits};
    }
    case EVP_PKEY_EC: {
      const Curve* curve = curve_of(key);
      if (!curve) return no_key();
      return Kind{KeyType::ec, curve->bits};
    }
    case EVP_PKEY_ED25519: return Kind{KeyType::ed25519, 0};
    default: break;
  }
  return no_key();
}

base::Result<std::shared_ptr<const KeyState>> state_of(KeyPtr key, Kind kind) {
  std::string bits = public_bits(key.get(), kind.type);
  if (bits.empty()) return no_key();
  auto state = std::make_shared<KeyState>();
  state->type = kind.type;
  state->bits = kind.bits;
  state->key_id = sha1(bits);
  state->public_der = der::sequence({key_algorithm(kind.type, kind.bits), der::bit_string(bits)});
  state->public_bits = std::move(bits);
  state->key = std::move(key);
  return std::shared_ptr<const KeyState>(std::move(state));
}

using ContextPtr = PkeyContextPtr;

// A context kept per thread and curve: setting one up costs as much as the key.
KeyPtr generate_ec(const Curve& curve) {
  thread_local std::array<ContextPtr, kCurves.size()> contexts;
  ContextPtr& context = contexts.at(static_cast<size_t>(&curve - kCurves.data()));
  if (!context) {
    const KeyPtr like(EVP_EC_gen(curve.name));
    context.reset(like ? EVP_PKEY_CTX_new(like.get(), nullptr) : nullptr);
    if (!context || EVP_PKEY_keygen_init(context.get()) != 1) return nullptr;
  }
  EVP_PKEY* key = nullptr;
  EVP_PKEY_generate(context.get(), &key);
  return KeyPtr(key);
}

KeyPtr from_parameters(const char* type, OSSL_PARAM* parameters) {
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (context && EVP_PKEY_fromdata_init(context.get()) == 1) EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters);
  return KeyPtr(key);
}

KeyPtr public_ec(const Curve& curve, std::string_view point) {
  std::string group(curve.name), bytes(point);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                             OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size()), OSSL_PARAM_construct_end()};
  return from_parameters("EC", parameters);  // which checks that the point lies on the curve
}

// OSSL_PARAM takes numbers in the machine's own order, which is little-endian wherever this runs.
std::string native(std::string_view magnitude) {
  static_assert(std::endian::native == std::endian::little);
  return std::string(magnitude.rbegin(), magnitude.rend());
}

base::Result<KeyPtr> public_rsa(std::string_view bits) {
  der::Reader whole(bits);
  ASSIGN_OR_RETURN(der::Reader numbers, whole.open(der::kSequence));
  TRY(whole.end());
  ASSIGN_OR_RETURN(const std::string_view modulus_content, numbers.take(der::kInteger));
  ASSIGN_OR_RETURN(const std::string_view exponent_content, numbers.take(der::kInteger));
  TRY(numbers.end());
  ASSIGN_OR_RETURN(const std::string modulus, der::read_magnitude(modulus_content));
  ASSIGN_OR_RETURN(const std::string exponent, der::read_magnitude(exponent_content));
  // As Go: an exponent beyond 32 bits is nobody's and makes verifying slow.
  if (modulus.empty() || exponent.empty() || exponent.size() > 4 || modulus.size() > kRsaBitsMax / 8) return no_key();
  std::string n = native(modulus), e = native(exponent);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, reinterpret_cast<unsigned char*>(n.data()), n.size()),
                             OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, reinterpret_cast<unsigned char*>(e.data()), e.size()), OSSL_PARAM_construct_end()};
  return from_parameters("RSA", parameters);
}

// By the AlgorithmIdentifier as this folder writes it; there is no other way to say it in DER.
base::Result<KeyPtr> public_key_of(std::string_view algorithm, std::string_view bits) {
  if (algorithm == key_algorithm(KeyType::rsa, 0)) return public_rsa(bits);
  if (algorithm == key_algorithm(KeyType::ed25519, 0)) {
    return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(bits.data()), bits.size()));
  }
  for (const Curve& curve : kCurves) {
    if (algorithm == key_algorithm(KeyType::ec, curve.bits)) return public_ec(curve, bits);
  }
  return no_key();
}

// Both halves belong together: with a broken one, an RSA signature would give the key away.
bool is_consistent(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return true;  // the public half is computed
  const ContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

base::SecretBytes ec_private(const KeyState& state, bool with_curve) {
  const Number number(state.key.get(), OSSL_PKEY_PARAM_PRIV_KEY);
  ENSURE(number.found, "a private key has its number");
  const base::SecretBytes bytes = number.bytes(static_cast<size_t>(state.bits + 7) / 8);
  const base::SecretBytes secret = der::secret_element(der::kOctetString, {bytes.reveal()});
  const std::string curve = with_curve ? der::element(der::context_constructed(0), {der::oid(curve_of(state.bits)->oid)}) : "";
  const std::string half = der::element(der::context_constructed(1), {der::bit_string(state.public_bits)});
  return der::secret_element(der::kSequence, {der::integer(1), secret.reveal(), curve, half});
}

base::SecretBytes rsa_private(const KeyState& state) {
  base::SecretBytes whole[8];
  constexpr std::array<const char*, 8> kParts{
      OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
      OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  for (size_t i = 0; i < kParts.size(); ++i) {
    const Number number(state.key.get(), kParts.at(i));
    ENSURE(number.found, "a private RSA key has all its numbers");
    whole[i] = base::SecretBytes::take(der::integer(number.bytes(1).reveal()));
  }
  return der::secret_element(der::kSequence, {der::integer(0), whole[0].reveal(), whole[1].reveal(), whole[2].reveal(), whole[3].reveal(),
                                              whole[4].reveal(), whole[5].reveal(), whole[6].reveal(), whole[7].reveal()});
}

base::SecretBytes ed25519_private(const KeyState& state) {
  std::string seed(kEd25519Bytes, '\0');
  size_t size = seed.size();
  ENSURE(EVP_PKEY_get_raw_private_key(state.key.get(), reinterpret_cast<unsigned char*>(seed.data()), &size) == 1, "a private key has its seed");
  const base::SecretBytes kept = base::SecretBytes::take(std::move(seed));
  return der::secret_element(der::kOctetString, {kept.reveal()});
}

base::SecretBytes as_pkcs8(const KeyState& state, const base::SecretBytes& inner) {
  const base::SecretBytes octets = der::secret_element(der::kOctetString, {inner.reveal()});
  return der::secret_element(der::kSequence, {der::integer(0), key_algorithm(state.type, state.bits), octets.reveal()});
}

}  // namespace

const EVP_PKEY_CTX* KeyState::ecdsa_context() const {
  std::call_once(made_, [this] {
    ContextPtr made(EVP_PKEY_CTX_new(key.get(), nullptr));
    if (made && EVP_PKEY_sign_init(made.get()) == 1) ecdsa_context_ = std::move(made);
  });
  return ecdsa_context_.get();
}

std::string_view key_type_name(KeyType type) {
  return type == KeyType::rsa ? "rsa" : type == KeyType::ec ? "ec" : "ed25519";
}

base::Result<PublicKey> PublicKey::parse(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader info, whole.open(der::kSequence));
  TRY(whole.end());
  ASSIGN_OR_RETURN(const der::Element algorithm, info.next());
  ASSIGN_OR_RETURN(const std::string_view content, info.take(der::kBitString));
  TRY(info.end());
  ASSIGN_OR_RETURN(const std::string_view bits, der::read_bit_string(content));
  ASSIGN_OR_RETURN(KeyPtr key, public_key_of(algorithm.whole, bits));
  if (!key) return no_key();
  ASSIGN_OR_RETURN(const Kind kind, kind_of(key.get()));
  ASSIGN_OR_RETURN(auto state, state_of(std::move(key), kind));
  return PublicKey(std::move(state));
}

KeyType PublicKey::type() const { return state_->type; }
int PublicKey::bits() const { return state_->bits; }
const std::string& PublicKey::der() const { return state_->public_der; }
const std::string& PublicKey::key_id() const { return state_->key_id; }

base::Result<PrivateKey> PrivateKey::generate(KeyType type, int bits) {
  KeyPtr key;
  if (type == KeyType::rsa) {
    if (bits != 2048 && bits != 3072 && bits != 4096 && bits != 8192) return base::invalid("unsupported bit length for RSA key: " + std::to_string(bits));
    key.reset(EVP_RSA_gen(static_cast<unsigned>(bits)));
  } else if (type == KeyType::ec) {
    const Curve* curve = curve_of(bits);
    if (!curve) return base::invalid("unsupported bit length for EC key: " + std::to_string(bits));
    key = generate_ec(*curve);
  } else {
    if (bits != 0) return base::invalid("unsupported bit length for Ed25519 key: " + std::to_string(bits));
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  if (!key) return base::internal("key generation: " + openssl_reason());
  ASSIGN_OR_RETURN(auto state, state_of(std::move(key), {type, bits}));
  return PrivateKey(std::move(state));
}

base::Result<PrivateKey> PrivateKey::parse_der(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const begin = at;
  KeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (!key || static_cast<size_t>(at - begin) != der.size()) return no_key();
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC) {
    EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
  }
  // The type before the check: checking an RSA key of absurd size takes long.
  ASSIGN_OR_RETURN(const Kind kind, kind_of(key.get()));
  if (!is_consistent(key.get())) return no_key();
  ASSIGN_OR_RETURN(auto state, state_of(std::move(key), kind));
  return PrivateKey(std::move(state));
}

base::Result<PrivateKey> PrivateKey::parse_pem(std::string_view text) {
  while (true) {
    const size_t begin = text.find("-----BEGIN ");
    if (begin == std::string_view::npos) return base::invalid("no private key found");
    const size_t end = text.find("-----END ", begin);
    if (end == std::string_view::npos) return base::invalid("no private key found");
    ASSIGN_OR_RETURN(const PemBlock block, x509::parse_pem(text.substr(begin)));
    if (block.holds_key()) return parse_der(block.der.reveal());
    text.remove_prefix(end);
  }
}

base::SecretBytes PrivateKey::traditional_der() const {
  switch (type()) {
    case KeyType::rsa: return rsa_private(state());
    case KeyType::ec: return ec_private(state(), true);
    case KeyType::ed25519: break;
  }
  return pkcs8_der();
}

base::SecretBytes PrivateKey::pkcs8_der() const {
  switch (type()) {
    case KeyType::rsa: return as_pkcs8(state(), rsa_private(state()));
    case KeyType::ec: return as_pkcs8(state(), ec_private(state(), false));
    case KeyType::ed25519: break;
  }
  return as_pkcs8(state(), ed25519_private(state()));
}

base::SecretBytes PrivateKey::traditional_pem() const {
  const std::string_view block = type() == KeyType::rsa ? "RSA PRIVATE KEY" : type() == KeyType::ec ? "EC PRIVATE KEY" : "PRIVATE KEY";
  return secret_pem(block, traditional_der().reveal());
}

base::SecretBytes PrivateKey::pkcs8_pem() const { return secret_pem("PRIVATE KEY", pkcs8_der().reveal()); }

}  // namespace bao::crypto::x509
