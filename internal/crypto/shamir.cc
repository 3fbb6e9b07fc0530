// Arithmetic in GF(2^8) without tables or branches on secrets, then Shamir's scheme byte by byte.
#include "internal/crypto/shamir.h"

#include <algorithm>
#include <numeric>

#include "internal/crypto/hash.h"

namespace bao::crypto {
namespace {

uint8_t multiply(uint8_t a, uint8_t b) {
  unsigned product = 0, factor = a;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= factor & (0u - ((b >> bit) & 1u));
    factor = (factor << 1) ^ (0x11bu & (0u - ((factor >> 7) & 1u)));
  }
  return static_cast<uint8_t>(product);
}

// a^254, which is the inverse of a in a field of 256.
uint8_t inverse(uint8_t a) {
  uint8_t result = 1, power = a;
  for (int bit = 1; bit < 8; ++bit) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}

// Value of the polynomial whose coefficients are `coefficients`, lowest first, at x (Horner).
uint8_t evaluate(std::string_view coefficients, uint8_t x) {
  uint8_t value = 0;
  for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) {
    value = static_cast<uint8_t>(multiply(value, x) ^ static_cast<uint8_t>(*c));
  }
  return value;
}

// Distinct x coordinates 1 to 255 in random order (Fisher-Yates with random bytes, rejecting the biased ones).
std::string random_coordinates(size_t count) {
  std::string all(255, '\0');
  std::iota(all.begin(), all.end(), static_cast<char>(1));
  for (size_t left = all.size(); left > 1; --left) {
    size_t pick = 256;
    while (pick >= 256 / left * left) pick = static_cast<uint8_t>(random_bytes(1)[0]);
    std::swap(all[left - 1], all[pick % left]);
  }
  return all.substr(0, count);
}

// Lagrange's weights at zero: with them the secret byte is the sum of weight times y.
std::string weights_at_zero(const std::string& xs) {
  std::string weights;
  for (const char xi : xs) {
    uint8_t numerator = 1, denominator = 1;
    for (const char xj : xs) {
      if (xi == xj) continue;
      numerator = multiply(numerator, static_cast<uint8_t>(xj));
      denominator = multiply(denominator, static_cast<uint8_t>(xi ^ xj));
    }
    weights += static_cast<char>(multiply(numerator, inverse(denominator)));
  }
  return weights;
}

}  // namespace

base::Result<std::vector<base::SecretBytes>> shamir_split(const base::SecretBytes& secret, int parts, int threshold) {
  if (threshold < 2 || parts < threshold || parts > 255) {
    return base::invalid("shares must number 2 to 255, the threshold 2 to the number of shares");
  }
  if (secret.empty()) return base::invalid("cannot split an empty secret");
  const std::string xs = random_coordinates(static_cast<size_t>(parts));
  std::vector<std::string> shares(xs.size());
  for (const char byte : secret.reveal()) {
    std::string polynomial = byte + random_bytes(static_cast<size_t>(threshold) - 1);
    for (size_t i = 0; i < xs.size(); ++i) {
      shares[i] += static_cast<char>(evaluate(polynomial, static_cast<uint8_t>(xs[i])));
    }
    base::wipe(polynomial);
  }
  std::vector<base::SecretBytes> out;
  for (size_t i = 0; i < xs.size(); ++i) out.push_back(base::SecretBytes::take(std::move(shares[i]) + xs[i]));
  return out;
}

base::Result<base::SecretBytes> shamir_combine(const std::vector<base::SecretBytes>& parts) {
  if (parts.size() < 2) return base::invalid("less than two parts cannot be used to reconstruct the secret");
  const size_t size = parts[0].size();
  if (size < 2) return base::invalid("parts must be at least two bytes");
  std::string xs;
  for (const auto& part : parts) {
    if (part.size() != size) return base::invalid("all parts must be the same length");
    const char x = part.reveal().back();
    if (x == 0) return base::invalid("a part has the coordinate zero, which no share has");
    if (xs.find(x) != std::string::npos) return base::invalid("duplicate part detected");
    xs += x;
  }
  const std::string weights = weights_at_zero(xs);
  std::string secret(size - 1, '\0');
  for (size_t i = 0; i < parts.size(); ++i) {
    for (size_t at = 0; at < secret.size(); ++at) {
      secret[at] = static_cast<char>(secret[at] ^ multiply(static_cast<uint8_t>(weights[i]),
                                                            static_cast<uint8_t>(parts[i].reveal()[at])));
    }
  }
  return base::SecretBytes::take(std::move(secret));
}

}  // namespace bao::crypto
