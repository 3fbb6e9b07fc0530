// A certificate as the parameters that would make another like it: `bao pki reissue`. A pure function.
#pragma once

#include <string>

#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"

namespace bao::cli {

// Parameters of intermediate/generate and sign-intermediate (openbao-api.md 5): subject, names, key and lifetime of the certificate.
// With `key_ref` not empty that key is used again, so nothing is said of the kind of key.
codec::Json template_of(const crypto::x509::Certificate& certificate, const std::string& key_ref);
// `changes` win. A not_after takes the place of the ttl, another type of key that of the bits.
codec::Json changed_template(codec::Json parameters, const codec::Json& changes);

}  // namespace bao::cli
