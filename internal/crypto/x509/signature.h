// Signatures as certificates, requests, CRLs and OCSP answers carry them (RFC 4055, 5758, 8410). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/crypto/x509/key.h"

namespace bao::crypto::x509 {

// Numbered as OpenBao stores them (revocation_signature_algorithm).
enum class SignatureAlgorithm : uint8_t {
  unknown = 0,
  sha1_rsa = 3, sha256_rsa = 4, sha384_rsa = 5, sha512_rsa = 6,
  ecdsa_sha1 = 9, ecdsa_sha256 = 10, ecdsa_sha384 = 11, ecdsa_sha512 = 12,
  sha256_rsa_pss = 13, sha384_rsa_pss = 14, sha512_rsa_pss = 15,
  ed25519 = 16,
};

// "SHA256WithRSA", "ECDSAWithSHA384", "SHA512WithRSAPSS", "Ed25519"; "" for unknown.
std::string_view signature_algorithm_name(SignatureAlgorithm algorithm);
// The other way round, in any case; also "PureEd25519". SHA-1 has no name: nothing signs with it.
std::optional<SignatureAlgorithm> signature_algorithm_by_name(std::string_view name);

// What a key of that kind signs with. RSA: SHA-256 for 0 bits, else 256, 384 or 512; EC: the hash that fits its curve,
// whatever `signature_bits` says, as the reference chooses; Ed25519: itself. Errors: invalid for other numbers of bits.
enum class Padding : uint8_t { pkcs1, pss };
base::Result<SignatureAlgorithm> choose_signature(const PublicKey& key, int signature_bits, Padding padding);
// Whether keys of that type can make such signatures.
bool signs_with(KeyType type, SignatureAlgorithm algorithm);

// Errors: invalid where the algorithm doesn't go with the key or signs no more (SHA-1).
base::Result<std::string> sign(const PrivateKey& key, SignatureAlgorithm algorithm, std::string_view message);
// False too where the algorithm doesn't go with the key or is unknown. SHA-1 counts: old roots are signed with it.
bool verify(const PublicKey& key, SignatureAlgorithm algorithm, std::string_view message, std::string_view signature);

// The AlgorithmIdentifier in DER, and read back: unknown for every other.
std::string algorithm_identifier(SignatureAlgorithm algorithm);
SignatureAlgorithm read_algorithm_identifier(std::string_view der);

}  // namespace bao::crypto::x509
