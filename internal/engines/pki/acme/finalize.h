// Certificate requests that finalize an order: read, and held against what was ordered and proved (RFC 8555 7.4). Pure.
#pragma once

#include "internal/crypto/x509/request.h"
#include "internal/engines/pki/acme/jwk.h"
#include "internal/engines/pki/acme/order.h"

namespace bao::engines::pki::acme {

// The member "csr". Failures: malformed, bad_csr.
Outcome<crypto::x509::CertificateRequest> request_of(const codec::Json& payload);
// Whether it asks for the order's identifiers, all of them and nothing else, and for another key than the account's. Failures: bad_csr.
Outcome<> check_request(const crypto::x509::CertificateRequest& request, const Order& order, const Jwk& account_key);

}  // namespace bao::engines::pki::acme
