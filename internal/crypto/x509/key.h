// Keys of certificates: made, read and written. RSA, ECDSA on P-224 to P-521, Ed25519. Immutable and thread-safe; copies
// share one OpenSSL key, which wipes a private key's numbers when the last copy goes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto::x509 {

enum class KeyType : uint8_t { rsa, ec, ed25519 };
std::string_view key_type_name(KeyType type);  // "rsa", "ec", "ed25519"

struct KeyState;  // key_state.h, inside this folder

class PublicKey {
 public:
  // A SubjectPublicKeyInfo (RFC 5280 4.1). Errors: invalid for bytes that are none, and for other kinds of keys or curves.
  static base::Result<PublicKey> parse(std::string_view der);
  KeyType type() const;
  int bits() const;                 // RSA: of the modulus; EC: of the curve; Ed25519: 0, as the reference counts it
  const std::string& der() const;   // SubjectPublicKeyInfo
  // SHA-1 of the key's bits, 20 bytes (RFC 5280 4.2.1.2, method 1): what subject and authority key identifiers hold.
  const std::string& key_id() const;
  bool operator==(const PublicKey& other) const { return der() == other.der(); }

  explicit PublicKey(std::shared_ptr<const KeyState> state) : state_(std::move(state)) {}
  const KeyState& state() const { return *state_; }

 private:
  std::shared_ptr<const KeyState> state_;
};

class PrivateKey {
 public:
  // RSA: 2048, 3072, 4096 or 8192 bits; EC: 224, 256, 384 or 521; Ed25519: 0. Errors: invalid for other numbers. RSA takes
  // from 50 ms to some seconds.
  static base::Result<PrivateKey> generate(KeyType type, int bits);
  // PKCS#1, SEC 1 or PKCS#8, unencrypted. Errors: invalid, which never say what the bytes were.
  static base::Result<PrivateKey> parse_der(std::string_view der);
  // The first block that holds a key ("RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"); others before it are passed over.
  static base::Result<PrivateKey> parse_pem(std::string_view text);

  const PublicKey& public_key() const { return public_key_; }
  KeyType type() const { return public_key_.type(); }
  int bits() const { return public_key_.bits(); }

  // RSA as PKCS#1, EC as SEC 1 with its curve, Ed25519 as PKCS#8, which is all there is for it.
  base::SecretBytes traditional_der() const;
  base::SecretBytes pkcs8_der() const;
  // The same as PEM, with a newline at the end.
  base::SecretBytes traditional_pem() const;
  base::SecretBytes pkcs8_pem() const;

  explicit PrivateKey(std::shared_ptr<const KeyState> state) : public_key_(std::move(state)) {}
  const KeyState& state() const { return public_key_.state(); }

 private:
  PublicKey public_key_;  // whose state holds both halves here
};

}  // namespace bao::crypto::x509
