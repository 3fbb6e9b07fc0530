// Signed tokens (JWS compact form, RFC 7515, with ES512 of RFC 7518: ECDSA on P-521 with SHA-512), and the key that signs
// them. Thread-safe: a key is immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto {

// A P-521 key as OpenBao stores it: the point and the private number as decimal digits.
struct EcKeyNumbers {
  std::string x, y;
  base::SecretBytes d;
};

class Es512Key {
 public:
  static base::Result<Es512Key> generate();
  // Errors: invalid when the numbers are no key of the curve.
  static base::Result<Es512Key> from_numbers(const EcKeyNumbers& numbers);
  base::Result<EcKeyNumbers> numbers() const;

  // Bytes of r and s, 66 each (RFC 7518 3.4).
  base::Result<std::string> sign(std::string_view message) const;
  bool verify(std::string_view message, std::string_view signature) const;

  Es512Key(Es512Key&&) noexcept;
  Es512Key& operator=(Es512Key&&) noexcept;
  ~Es512Key();

 private:
  struct State;
  explicit Es512Key(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bao::crypto
