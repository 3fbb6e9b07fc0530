#include "internal/cli/pki_template.h"

#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"

namespace bao::cli {
namespace {

using codec::Json;
namespace x509 = crypto::x509;
using x509::SignatureAlgorithm;

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
  return out;
}

// -1, which the server refuses: nothing is signed like that anymore.
int signature_bits(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::sha256_rsa:
    case SignatureAlgorithm::sha256_rsa_pss:
    case SignatureAlgorithm::ecdsa_sha256: return 256;
    case SignatureAlgorithm::sha384_rsa:
    case SignatureAlgorithm::sha384_rsa_pss:
    case SignatureAlgorithm::ecdsa_sha384: return 384;
    case SignatureAlgorithm::sha512_rsa:
    case SignatureAlgorithm::sha512_rsa_pss:
    case SignatureAlgorithm::ecdsa_sha512: return 512;
    case SignatureAlgorithm::ed25519: return 0;
    default: return -1;
  }
}

bool uses_pss(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::sha256_rsa_pss || algorithm == SignatureAlgorithm::sha384_rsa_pss ||
         algorithm == SignatureAlgorithm::sha512_rsa_pss;
}

std::vector<std::string> address_texts(const std::vector<std::string>& addresses) {
  std::vector<std::string> texts;
  for (const std::string& address : addresses) texts.push_back(x509::address_text(address));
  return texts;
}

// "262799h59m30s"; a lifetime that a base::Duration can't hold is cut, as Go's is.
std::string lifetime(const x509::Certificate& certificate) {
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(base::Duration::max());
  return base::format_go_duration(std::min(certificate.not_after - certificate.not_before, longest));
}

}  // namespace

Json template_of(const x509::Certificate& certificate, const std::string& key_ref) {
  namespace attribute = x509::attribute;
  const x509::AlternativeNames& names = certificate.alternative_names;
  const std::string common_name = certificate.subject.last(attribute::kCommonName);
  std::vector<std::string> alternative = names.dns;
  alternative.insert(alternative.end(), names.emails.begin(), names.emails.end());
  const bool repeated = std::find(alternative.begin(), alternative.end(), common_name) != alternative.end();
  const auto constraints = certificate.basic_constraints.value_or(x509::BasicConstraints());

  Json out = Json::object({{"common_name", common_name},
                           {"alt_names", joined(alternative)},
                           {"ip_sans", joined(address_texts(names.addresses))},
                           {"uri_sans", joined(names.uris)},
                           {"signature_bits", signature_bits(certificate.signature_algorithm)},
                           {"use_pss", uses_pss(certificate.signature_algorithm)},
                           {"exclude_cn_from_sans", !common_name.empty() && !repeated},
                           {"serial_number", certificate.subject.last(attribute::kSerialNumber)},
                           {"ttl", lifetime(certificate)},
                           {"max_path_length", constraints.path_length.value_or(-1)},
                           {"permitted_dns_domains", joined(certificate.permitted_dns_domains)}});
  constexpr std::pair<const char*, const char*> kSubject[] = {{"ou", attribute::kOrganizationalUnit},
                                                              {"organization", attribute::kOrganization},
                                                              {"country", attribute::kCountry},
                                                              {"locality", attribute::kLocality},
                                                              {"province", attribute::kProvince},
                                                              {"street_address", attribute::kStreetAddress},
                                                              {"postal_code", attribute::kPostalCode}};
  for (const auto& [parameter, oid] : kSubject) out.set(parameter, Json::strings(certificate.subject.values(oid)));
  if (key_ref.empty()) {
    out.set("key_type", Json(x509::key_type_name(certificate.public_key.type())));
    out.set("key_bits", Json(certificate.public_key.bits()));
  } else {
    out.set("skid", Json(codec::to_hex(certificate.subject_key_id)));
    out.set("key_ref", Json(key_ref));
  }
  return out;
}

Json changed_template(Json parameters, const Json& changes) {
  if (changes.find("not_after") != nullptr) parameters.erase("ttl");
  const Json* type = changes.find("key_type");
  if (type != nullptr && !(*type == parameters["key_type"])) parameters.erase("key_bits");
  for (const auto& [name, value] : changes.members()) parameters.set(name, value);
  return parameters;
}

}  // namespace bao::cli
