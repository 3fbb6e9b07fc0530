// What RFC 8737 asks of the certificate that answers acme-tls/1. Pure.
#pragma once

#include "internal/crypto/x509/certificate.h"
#include "internal/engines/pki/validation/attempt.h"

namespace bao::engines::pki::acme {

// An address as the name that is asked for by SNI (RFC 8738 6): "4.3.2.1.in-addr.arpa". ENSURE: an address in text.
std::string reverse_name(const std::string& address);

// Self-signed, of the one identifier and no other, with the digest in its critical acmeIdentifier. Errors: invalid, what is wrong.
base::Status check_alpn_certificate(const crypto::x509::Certificate& certificate, const ValidationTask& task);

}  // namespace bao::engines::pki::acme
