// What stands inside the extensions of certificates, lists and requests (RFC 5280 4.2), written and read. For this folder. Pure.
// Errors of readers: invalid.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension.h"

namespace bao::crypto::x509 {

// SEQUENCE OF Extension. An OID that stands there twice is refused, as RFC 5280 does.
base::Result<std::string> encode_extensions(const std::vector<Extension>& extensions);
base::Result<std::vector<Extension>> read_extensions(std::string_view der);
const Extension* find_extension(const std::vector<Extension>& extensions, std::string_view oid);

std::string encode_authority_key_id(std::string_view key_id);
std::string encode_information_access(const std::vector<std::string>& ocsp_servers, const std::vector<std::string>& issuing_certificates);
std::string encode_distribution_points(const std::vector<std::string>& urls);
std::string encode_name_constraints(const std::vector<std::string>& permitted_dns_domains);
base::Result<std::string> encode_policies(const std::vector<Policy>& policies);

base::Result<BasicConstraints> read_basic_constraints(std::string_view der);
base::Result<uint16_t> read_key_usage(std::string_view der);
base::Result<std::vector<std::string>> read_extended_key_usages(std::string_view der);
base::Result<std::string> read_octets(std::string_view der);             // subject key identifier
base::Result<std::string> read_authority_key_id(std::string_view der);   // "" where it names no key
struct InformationAccess {
  std::vector<std::string> ocsp_servers, issuing_certificates;
};
base::Result<InformationAccess> read_information_access(std::string_view der);
base::Result<std::vector<std::string>> read_distribution_points(std::string_view der);  // the URLs in them
base::Result<std::vector<std::string>> read_permitted_dns_domains(std::string_view der);
base::Result<std::vector<std::string>> read_policies(std::string_view der);             // OIDs
base::Result<uint64_t> read_number_extension(std::string_view der);                     // CRL numbers

}  // namespace bao::crypto::x509
