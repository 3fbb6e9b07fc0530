#include "internal/crypto/x509/signature.h"

#include <openssl/rsa.h>
#include <strings.h>

#include <array>

#include "internal/crypto/hash.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/key_state.h"

namespace bao::crypto::x509 {
namespace {

enum class Kind : uint8_t { rsa, rsa_pss, ecdsa, ed25519 };
struct Algorithm {
  SignatureAlgorithm id;
  Kind kind;
  int hash_bits;
  std::string_view name;
  std::string_view oid;
};
constexpr std::string_view kPssOid = "1.2.840.113549.1.1.10";
constexpr std::string_view kMaskOid = "1.2.840.113549.1.1.8";
constexpr std::array<Algorithm, 12> kAlgorithms{{
    {SignatureAlgorithm::sha1_rsa, Kind::rsa, 160, "", "1.2.840.113549.1.1.5"},
    {SignatureAlgorithm::sha256_rsa, Kind::rsa, 256, "SHA256WithRSA", "1.2.840.113549.1.1.11"},
    {SignatureAlgorithm::sha384_rsa, Kind::rsa, 384, "SHA384WithRSA", "1.2.840.113549.1.1.12"},
    {SignatureAlgorithm::sha512_rsa, Kind::rsa, 512, "SHA512WithRSA", "1.2.840.113549.1.1.13"},
    {SignatureAlgorithm::ecdsa_sha1, Kind::ecdsa, 160, "", "1.2.840.10045.4.1"},
    {SignatureAlgorithm::ecdsa_sha256, Kind::ecdsa, 256, "ECDSAWithSHA256", "1.2.840.10045.4.3.2"},
    {SignatureAlgorithm::ecdsa_sha384, Kind::ecdsa, 384, "ECDSAWithSHA384", "1.2.840.10045.4.3.3"},
    {SignatureAlgorithm::ecdsa_sha512, Kind::ecdsa, 512, "ECDSAWithSHA512", "1.2.840.10045.4.3.4"},
    {SignatureAlgorithm::sha256_rsa_pss, Kind::rsa_pss, 256, "SHA256WithRSAPSS", kPssOid},
    {SignatureAlgorithm::sha384_rsa_pss, Kind::rsa_pss, 384, "SHA384WithRSAPSS", kPssOid},
    {SignatureAlgorithm::sha512_rsa_pss, Kind::rsa_pss, 512, "SHA512WithRSAPSS", kPssOid},
    {SignatureAlgorithm::ed25519, Kind::ed25519, 0, "Ed25519", "1.3.101.112"},
}};

struct HashOid {
  int bits;
  std::string_view oid;
};
constexpr std::array<HashOid, 3> kHashes{{{256, "2.16.840.1.101.3.4.2.1"}, {384, "2.16.840.1.101.3.4.2.2"}, {512, "2.16.840.1.101.3.4.2.3"}}};

const Algorithm* find(SignatureAlgorithm id) {
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.id == id) return &algorithm;
  }
  return nullptr;
}

bool fits(const Algorithm& algorithm, KeyType type) {
  switch (algorithm.kind) {
    case Kind::rsa:
    case Kind::rsa_pss: return type == KeyType::rsa;
    case Kind::ecdsa: return type == KeyType::ec;
    case Kind::ed25519: return type == KeyType::ed25519;
  }
  return false;
}

const EVP_MD* hash_of(const Algorithm& algorithm) {
  switch (algorithm.hash_bits) {
    case 160: return EVP_sha1();
    case 256: return EVP_sha256();
    case 384: return EVP_sha384();
    case 512: return EVP_sha512();
    default: return nullptr;  // Ed25519 hashes by itself
  }
}

using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;

bool set_padding(EVP_PKEY_CTX* context, const Algorithm& algorithm) {
  return algorithm.kind != Kind::rsa_pss || (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                                             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string hashed(int bits, std::string_view message) { return bits == 256 ? sha256(message) : bits == 384 ? sha384(message) : sha512(message); }

base::Result<std::string> sign_ecdsa(const KeyState& state, const Algorithm& algorithm, std::string_view message) {
  const EVP_PKEY_CTX* const ready = state.ecdsa_context();
  const PkeyContextPtr context(ready ? EVP_PKEY_CTX_dup(ready) : nullptr);
  const std::string hash = hashed(algorithm.hash_bits, message);
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(state.key.get())), '\0');
  size_t size = signature.size();
  const bool made = context && EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(hash), hash.size()) == 1;
  if (!made) return base::internal("signing: " + openssl_reason());
  signature.resize(size);
  return signature;
}

// RSASSA-PSS-params (RFC 4055 3.1): the hash, the mask by the same hash, a salt as long as the hash.
std::string pss_parameters(int bits) {
  std::string_view oid;
  for (const HashOid& hash : kHashes) {
    if (hash.bits == bits) oid = hash.oid;
  }
  const std::string hash = der::sequence({der::oid(oid), der::null()});
  return der::sequence({der::element(der::context_constructed(0), {hash}),
                        der::element(der::context_constructed(1), {der::sequence({der::oid(kMaskOid), hash})}),
                        der::element(der::context_constructed(2), {der::integer(static_cast<uint64_t>(bits / 8))})});
}

// The bits of a hash's AlgorithmIdentifier; 0 for other hashes.
base::Result<int> read_hash(der::Reader& at) {
  ASSIGN_OR_RETURN(der::Reader identifier, at.open(der::kSequence));
  ASSIGN_OR_RETURN(const std::string_view content, identifier.take(der::kOid));
  ASSIGN_OR_RETURN(const std::string oid, der::read_oid(content));
  for (const HashOid& hash : kHashes) {
    if (hash.oid == oid) return hash.bits;
  }
  return 0;
}

// The bits of a hash that those parameters use as pss_parameters writes them (a NULL may be missing); 0 otherwise.
base::Result<int> read_pss_parameters(der::Reader& at) {
  ASSIGN_OR_RETURN(der::Reader parameters, at.open(der::kSequence));
  ASSIGN_OR_RETURN(der::Reader hash_field, parameters.open(der::context_constructed(0)));
  ASSIGN_OR_RETURN(const int hash, read_hash(hash_field));
  ASSIGN_OR_RETURN(der::Reader mask_field, parameters.open(der::context_constructed(1)));
  ASSIGN_OR_RETURN(der::Reader mask, mask_field.open(der::kSequence));
  ASSIGN_OR_RETURN(const std::string_view mask_content, mask.take(der::kOid));
  ASSIGN_OR_RETURN(const std::string mask_oid, der::read_oid(mask_content));
  ASSIGN_OR_RETURN(const int mask_hash, read_hash(mask));
  ASSIGN_OR_RETURN(der::Reader salt_field, parameters.open(der::context_constructed(2)));
  ASSIGN_OR_RETURN(const std::string_view salt_content, salt_field.take(der::kInteger));
  ASSIGN_OR_RETURN(const uint64_t salt, der::read_number(salt_content));
  const bool usual = mask_oid == kMaskOid && mask_hash == hash && salt == static_cast<uint64_t>(hash / 8) && parameters.at_end();
  return usual ? hash : 0;
}

base::Result<SignatureAlgorithm> read_identifier(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader identifier, whole.open(der::kSequence));
  ASSIGN_OR_RETURN(const std::string_view content, identifier.take(der::kOid));
  ASSIGN_OR_RETURN(const std::string oid, der::read_oid(content));
  int pss_bits = 0;
  if (oid == kPssOid) {
    ASSIGN_OR_RETURN(pss_bits, read_pss_parameters(identifier));
  }
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.oid == oid && (algorithm.kind != Kind::rsa_pss || algorithm.hash_bits == pss_bits)) return algorithm.id;
  }
  return SignatureAlgorithm::unknown;
}

}  // namespace

std::string_view signature_algorithm_name(SignatureAlgorithm id) {
  const Algorithm* algorithm = find(id);
  return algorithm ? algorithm->name : "";
}

std::optional<SignatureAlgorithm> signature_algorithm_by_name(std::string_view name) {
  const std::string text(name);
  for (const Algorithm& algorithm : kAlgorithms) {
    if (!algorithm.name.empty() && strcasecmp(text.c_str(), std::string(algorithm.name).c_str()) == 0) return algorithm.id;
  }
  if (strcasecmp(text.c_str(), "PureEd25519") == 0) return SignatureAlgorithm::ed25519;
  return std::nullopt;
}

base::Result<SignatureAlgorithm> choose_signature(const PublicKey& key, int signature_bits, Padding padding) {
  if (signature_bits != 0 && signature_bits != 256 && signature_bits != 384 && signature_bits != 512) {
    return base::invalid("unsupported signature_bits: " + std::to_string(signature_bits));
  }
  if (key.type() == KeyType::ed25519) return SignatureAlgorithm::ed25519;
  if (key.type() == KeyType::ec) {
    return key.bits() > 384 ? SignatureAlgorithm::ecdsa_sha512 : key.bits() == 384 ? SignatureAlgorithm::ecdsa_sha384 : SignatureAlgorithm::ecdsa_sha256;
  }
  const int bits = signature_bits == 0 ? 256 : signature_bits;
  const Kind kind = padding == Padding::pss ? Kind::rsa_pss : Kind::rsa;
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.kind == kind && algorithm.hash_bits == bits) return algorithm.id;
  }
  return base::internal("no signature algorithm");
}

bool signs_with(KeyType type, SignatureAlgorithm id) {
  const Algorithm* algorithm = find(id);
  return algorithm && !algorithm->name.empty() && fits(*algorithm, type);
}

base::Result<std::string> sign(const PrivateKey& key, SignatureAlgorithm id, std::string_view message) {
  if (!signs_with(key.type(), id)) return base::invalid("the signature algorithm does not go with the key");
  const Algorithm& algorithm = *find(id);
  if (algorithm.kind == Kind::ecdsa) return sign_ecdsa(key.state(), algorithm, message);
  const ContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // the digest context's
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key.state().key.get())), '\0');
  size_t size = signature.size();
  const bool made = EVP_DigestSignInit(context.get(), &parameters, hash_of(algorithm), nullptr, key.state().key.get()) == 1 &&
                    set_padding(parameters, algorithm) &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(message), message.size()) == 1;
  if (!made) return base::internal("signing: " + openssl_reason());
  signature.resize(size);
  return signature;
}

bool verify(const PublicKey& key, SignatureAlgorithm id, std::string_view message, std::string_view signature) {
  const Algorithm* algorithm = find(id);
  if (!algorithm || !fits(*algorithm, key.type())) return false;
  const ContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const bool good = EVP_DigestVerifyInit(context.get(), &parameters, hash_of(*algorithm), nullptr, key.state().key.get()) == 1 &&
                    set_padding(parameters, *algorithm) &&
                    EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

std::string algorithm_identifier(SignatureAlgorithm id) {
  const Algorithm* algorithm = find(id);
  ENSURE(algorithm != nullptr, "a known signature algorithm");
  const std::string oid = der::oid(algorithm->oid);
  switch (algorithm->kind) {
    case Kind::rsa: return der::sequence({oid, der::null()});
    case Kind::rsa_pss: return der::sequence({oid, pss_parameters(algorithm->hash_bits)});
    case Kind::ecdsa:
    case Kind::ed25519: break;
  }
  return der::sequence({oid});
}

SignatureAlgorithm read_algorithm_identifier(std::string_view der) {
  const auto read = read_identifier(der);
  return read.ok() ? *read : SignatureAlgorithm::unknown;
}

}  // namespace bao::crypto::x509
