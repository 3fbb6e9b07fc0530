// How answers tell of certificates and keys: PEM without its last newline, base64 of DER, or a bundle.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/key.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

enum class Format : uint8_t { pem, der, pem_bundle };
// Errors: invalid.
base::Result<Format> format_of(const logical::Fields& fields);

std::string without_last_newline(std::string_view pem);
std::string text_of_der(std::string_view der, Format format);
base::Result<std::string> text_of_pem(const std::string& pem, Format format);

// Adds "certificate", and "private_key" with "private_key_type" if there is a key. In a bundle the certificate stands between key and
// chain. `key_format` is the field private_key_format: "pkcs8", or anything else.
void add_certificate(codec::Json& data, std::string_view der, const std::vector<std::string>& chain, Format format);
void add_key(codec::Json& data, const crypto::x509::PrivateKey& key, const std::string& key_format, Format format);
// Whether that is a certificate that signed itself.
bool is_root(const std::string& pem);
// For bundles: the key goes in front of what stands under `member`.
void put_key_before(codec::Json& data, const char* member, const crypto::x509::PrivateKey& key);

}  // namespace bao::engines::pki
