// PEM (RFC 7468): text blocks of DER. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto::x509 {

inline constexpr char kCertificateBlock[] = "CERTIFICATE";
inline constexpr char kRequestBlock[] = "CERTIFICATE REQUEST";  // "NEW CERTIFICATE REQUEST" is met too
inline constexpr char kCrlBlock[] = "X509 CRL";

struct PemBlock {
  std::string type;
  base::SecretBytes der;
  bool holds_key() const { return type.ends_with("PRIVATE KEY"); }
};

// All blocks of a bundle, in order; the end of one and the beginning of the next are lines of their own. Errors: invalid for
// text around the blocks that is no white space, a block without its end, or base64 that is none. No block at all is
// an empty list. Header lines of a block ("Proc-Type: …") are passed over.
base::Result<std::vector<PemBlock>> parse_pem_bundle(std::string_view text);
// The first block, whatever stands around it. Errors: invalid when there is none.
base::Result<PemBlock> parse_pem(std::string_view text);

// Lines of 64 and a newline at the end.
std::string pem(std::string_view type, std::string_view der);
base::SecretBytes secret_pem(std::string_view type, std::string_view der);

}  // namespace bao::crypto::x509
