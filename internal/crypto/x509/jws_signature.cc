#include "internal/crypto/x509/jws_signature.h"

#include <array>

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/signature.h"

namespace bao::crypto::x509 {
namespace {

struct Algorithm {
  std::string_view name;
  SignatureAlgorithm signature;
  int curve_bits;  // of the one curve that goes with it; 0 where there is no curve
};
constexpr std::array<Algorithm, 10> kAlgorithms{{
    {"RS256", SignatureAlgorithm::sha256_rsa, 0},     {"RS384", SignatureAlgorithm::sha384_rsa, 0},
    {"RS512", SignatureAlgorithm::sha512_rsa, 0},     {"PS256", SignatureAlgorithm::sha256_rsa_pss, 0},
    {"PS384", SignatureAlgorithm::sha384_rsa_pss, 0}, {"PS512", SignatureAlgorithm::sha512_rsa_pss, 0},
    {"ES256", SignatureAlgorithm::ecdsa_sha256, 256}, {"ES384", SignatureAlgorithm::ecdsa_sha384, 384},
    {"ES512", SignatureAlgorithm::ecdsa_sha512, 521}, {"EdDSA", SignatureAlgorithm::ed25519, 0},
}};

struct Curve {
  int bits;
  std::string_view oid;
};
constexpr std::array<Curve, 3> kCurves{{{256, "1.2.840.10045.3.1.7"}, {384, "1.3.132.0.34"}, {521, "1.3.132.0.35"}}};

const Algorithm* find(std::string_view name) {
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.name == name) return &algorithm;
  }
  return nullptr;
}

bool fits(const Algorithm& algorithm, const PublicKey& key) {
  return signs_with(key.type(), algorithm.signature) && (algorithm.curve_bits == 0 || key.bits() == algorithm.curve_bits);
}

size_t number_bytes(int curve_bits) { return static_cast<size_t>(curve_bits + 7) / 8; }

base::Result<PublicKey> key_of(const std::string& algorithm, std::string_view bits) {
  return PublicKey::parse(der::sequence({algorithm, der::bit_string(bits)}));
}

std::string without_leading_zeros(std::string_view number) {
  const size_t first = number.find_first_not_of('\0');
  return first == std::string_view::npos ? std::string() : std::string(number.substr(first));
}

}  // namespace

base::Result<PublicKey> rsa_public_key(std::string_view modulus, std::string_view exponent) {
  const std::string numbers = der::sequence({der::integer(without_leading_zeros(modulus)), der::integer(without_leading_zeros(exponent))});
  return key_of(der::sequence({der::oid("1.2.840.113549.1.1.1"), der::null()}), numbers);
}

base::Result<PublicKey> ec_public_key(int bits, std::string_view x, std::string_view y) {
  for (const Curve& curve : kCurves) {
    if (curve.bits != bits || x.size() != number_bytes(bits) || y.size() != x.size()) continue;
    return key_of(der::sequence({der::oid("1.2.840.10045.2.1"), der::oid(curve.oid)}), std::string("\x04").append(x).append(y));
  }
  return base::invalid("not a point of a curve that is supported");
}

base::Result<PublicKey> ed25519_public_key(std::string_view bytes) { return key_of(der::sequence({der::oid("1.3.101.112")}), bytes); }

bool is_jws_algorithm(std::string_view name) { return find(name) != nullptr; }

bool verify_jws(const PublicKey& key, std::string_view name, std::string_view message, std::string_view signature) {
  const Algorithm* algorithm = find(name);
  if (algorithm == nullptr || !fits(*algorithm, key)) return false;
  if (algorithm->curve_bits == 0) return verify(key, algorithm->signature, message, signature);
  const size_t half = number_bytes(algorithm->curve_bits);
  if (signature.size() != 2 * half) return false;
  const std::string r = der::integer(without_leading_zeros(signature.substr(0, half)));
  const std::string s = der::integer(without_leading_zeros(signature.substr(half)));
  return verify(key, algorithm->signature, message, der::sequence({r, s}));
}

base::Result<std::string> sign_jws(const PrivateKey& key, std::string_view name, std::string_view message) {
  const Algorithm* algorithm = find(name);
  if (algorithm == nullptr || !fits(*algorithm, key.public_key())) return base::invalid("the algorithm does not go with the key");
  ASSIGN_OR_RETURN(std::string signature, sign(key, algorithm->signature, message));
  if (algorithm->curve_bits == 0) return signature;
  der::Reader whole(signature);
  ASSIGN_OR_RETURN(der::Reader pair, whole.open(der::kSequence));
  std::string bare;
  for (int i = 0; i < 2; ++i) {
    ASSIGN_OR_RETURN(const std::string_view content, pair.take(der::kInteger));
    ASSIGN_OR_RETURN(const std::string number, der::read_magnitude(content));
    bare.append(number_bytes(algorithm->curve_bits) - number.size(), '\0').append(number);
  }
  return bare;
}

}  // namespace bao::crypto::x509
