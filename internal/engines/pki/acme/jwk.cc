#include "internal/engines/pki/acme/jwk.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/jws_signature.h"

namespace bao::engines::pki::acme {
namespace {

namespace x509 = crypto::x509;
using codec::Json;

constexpr int kRsaBitsMin = 2048;
constexpr size_t kNumberCharactersMax = 1400;  // of 8192 bits in base64url

Outcome<std::string> number(const Json& jwk, const char* name) {
  const std::string& text = jwk[name].as_string();
  const auto bytes = text.size() <= kNumberCharactersMax ? codec::from_base64url(text) : base::invalid("too long");
  if (text.empty() || !bytes.ok()) return malformed(std::string("received invalid jwk: parameter '") + name + "'");
  return *bytes;
}

// The members that a thumbprint is made of, in their order.
std::string thumbprint_of(const Json& jwk, std::initializer_list<const char*> names) {
  Json required = Json::object();  // written sorted
  for (const char* name : names) required.set(name, jwk[name]);
  return codec::to_base64url(crypto::sha256(codec::write_json(required)));
}

Outcome<Jwk> finished(const Json& jwk, const base::Result<x509::PublicKey>& key, std::initializer_list<const char*> names) {
  if (!key.ok()) return malformed("received invalid jwk");
  return Jwk{jwk, *key, thumbprint_of(jwk, names)};
}

Outcome<Jwk> rsa(const Json& jwk) {
  ASSIGN_OR_RETURN(const std::string modulus, number(jwk, "n"));
  ASSIGN_OR_RETURN(const std::string exponent, number(jwk, "e"));
  const auto key = x509::rsa_public_key(modulus, exponent);
  if (key.ok() && key->bits() < kRsaBitsMin) return Failure::because(ProblemType::bad_public_key, "RSA keys need 2048 bits or more");
  return finished(jwk, key, {"e", "kty", "n"});
}

Outcome<Jwk> elliptic(const Json& jwk) {
  const std::string& curve = jwk["crv"].as_string();
  const int bits = curve == "P-256" ? 256 : curve == "P-384" ? 384 : curve == "P-521" ? 521 : 0;
  if (bits == 0) return Failure::because(ProblemType::bad_public_key, "unsupported elliptic curve");
  ASSIGN_OR_RETURN(const std::string x, number(jwk, "x"));
  ASSIGN_OR_RETURN(const std::string y, number(jwk, "y"));
  return finished(jwk, x509::ec_public_key(bits, x, y), {"crv", "kty", "x", "y"});
}

Outcome<Jwk> edwards(const Json& jwk) {
  if (jwk["crv"].as_string() != "Ed25519") return Failure::because(ProblemType::bad_public_key, "unsupported curve");
  ASSIGN_OR_RETURN(const std::string x, number(jwk, "x"));
  return finished(jwk, x509::ed25519_public_key(x), {"crv", "kty", "x"});
}

}  // namespace

Outcome<Jwk> parse_jwk(const Json& json) {
  if (!json.is_object()) return malformed("received invalid jwk");
  if (json.find("d") != nullptr) return malformed("received invalid jwk: a private key");
  const std::string& type = json["kty"].as_string();
  if (type == "RSA") return rsa(json);
  if (type == "EC") return elliptic(json);
  if (type == "OKP") return edwards(json);
  return Failure::because(ProblemType::bad_public_key, "unsupported key type");
}

}  // namespace bao::engines::pki::acme
