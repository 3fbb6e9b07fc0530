// Authorities below others: requested here (intermediate/generate, cross-sign), signed here (sign-intermediate, sign-self-issued).
#include <algorithm>

#include "internal/codec/encoding.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/request.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/leaf.h"
#include "internal/engines/pki/new_key.h"
#include "internal/engines/pki/signer.h"
#include "internal/engines/pki/subject.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

constexpr char kOutlives[] =
    "The expiration time for the signed certificate is after the CA's expiration time. If the new certificate is not treated as a root, "
    "validation paths with the certificate past the issuing CA's expiration time will fail.";
constexpr char kNoPath[] = "Max path length of the signed certificate is zero. This certificate cannot be used to issue intermediate CA certificates.";
constexpr char kRegenerate[] =
    " Since this certificate is an intermediate, it might be useful to regenerate this certificate after fixing this problem for the root mount.";

std::string request_text(const std::string& der, Format format) {
  if (format == Format::der) return codec::to_base64(der);
  return without_last_newline(x509::pem(x509::kRequestBlock, der));
}

Reply request_authority(const Call& call, WriteView& view, const std::string& exported) {
  const logical::Fields& fields = call.fields;
  ASSIGN_OR_RETURN(const Format format, format_of(fields));
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ASSIGN_OR_RETURN(const ChosenKey chosen, choose_key(authorities, fields, exported));
  x509::RequestTemplate content;
  content.subject = subject_of(fields).name();
  ASSIGN_OR_RETURN(content.alternative_names, asked_names(fields, fields.string("common_name")));
  if (fields.boolean("add_basic_constraints")) {
    const x509::BasicConstraints authority{.ca = true, .path_length = {}};
    content.extensions.push_back({x509::extension::kBasicConstraints, true, x509::encode_basic_constraints(authority)});
  }
  ASSIGN_OR_RETURN(const auto algorithm, chosen_signature(fields, chosen.key));
  ASSIGN_OR_RETURN(const std::string der, x509::sign_request(content, chosen.key, algorithm));
  ASSIGN_OR_RETURN(const Authorities::Filed key, authorities.file_key(view, chosen.key, chosen.name));
  Json data = Json::object({{"csr", request_text(der, format)}, {"key_id", key.id}});
  if (exported == "exported") {
    if (format == Format::pem_bundle) put_key_before(data, "csr", chosen.key);
    add_key(data, chosen.key, fields.string("private_key_format"), format);
  }
  Response response = Response::of(std::move(data));
  if (authorities.urls.empty()) response.warnings.push_back(std::string(kNoUrls) + kRegenerate);
  return response;
}

Reply generate_intermediate(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(const std::string exported, exported_kind(call.fields));
  return request_authority(call, view, exported);
}

// The same request for a key that is here: another authority is to sign it too.
Reply cross_sign(const MountStore&, const Call& call, WriteView& view) { return request_authority(call, view, "existing"); }

base::Result<std::string> asked_key_id(const logical::Fields& fields) {
  std::string text = fields.string("skid");
  std::erase_if(text, [](char c) { return c == ':' || c == '-' || c == ' '; });
  auto bytes = codec::from_hex(text);
  if (!bytes.ok()) return bytes.error().within("cannot parse requested SKID value as hex");
  return bytes;
}

base::Result<x509::CertificateTemplate> intermediate_template(const MountStore& store, const Call& call, const x509::CertificateRequest& request,
                                                              std::vector<std::string>& warnings) {
  const logical::Fields& fields = call.fields;
  x509::CertificateTemplate content{.public_key = request.public_key};
  if (fields.boolean("use_csr_values")) {
    content.subject = request.subject;
    content.alternative_names = request.alternative_names;
    for (const x509::Extension& extension : request.extensions) {
      static constexpr const char* kOurs[] = {x509::extension::kBasicConstraints, x509::extension::kKeyUsage, x509::extension::kSubjectKeyId,
                                              x509::extension::kAuthorityKeyId, x509::extension::kAlternativeNames};
      if (std::find(std::begin(kOurs), std::end(kOurs), extension.oid) == std::end(kOurs)) content.extensions.push_back(extension);
    }
  } else {
    SubjectFields subject = subject_of(fields);
    if (subject.common_name.empty()) subject.common_name = request.subject.last(x509::attribute::kCommonName);
    if (subject.serial_number.empty()) subject.serial_number = request.subject.last(x509::attribute::kSerialNumber);
    content.subject = subject.name();
    ASSIGN_OR_RETURN(content.alternative_names, asked_names(fields, subject.common_name));
  }
  ASSIGN_OR_RETURN(content.subject_key_id, asked_key_id(fields));
  ValidityRules rules;
  rules.mount_ttl = store.default_ttl;
  rules.mount_max_ttl = store.max_ttl;
  rules.not_before_duration = fields.duration("not_before_duration");
  const ValidityRequest asked{fields.duration("ttl"), fields.string("not_before"), fields.string("not_after")};
  ASSIGN_OR_RETURN(const Validity validity, choose_validity(asked, rules, call.now, warnings));
  content.not_before = validity.not_before;
  content.not_after = validity.not_after;
  content.key_usage = x509::kCertSign | x509::kCrlSign;
  content.basic_constraints = constraints_of(fields);
  content.permitted_dns_domains = fields.strings("permitted_dns_domains");
  return content;
}

base::Result<Json> intermediate_answer(const IssuingAuthority& authority, const SignedCertificate& certificate, Format format) {
  Json chain = Json::array({text_of_der(certificate.der, format)});
  for (const std::string& pem : authority.issuer->entry.ca_chain) {
    ASSIGN_OR_RETURN(std::string text, text_of_pem(pem, format));
    chain.push_back(std::move(text));
  }
  Json data = Json::object({{"ca_chain", std::move(chain)},
                            {"issuing_ca", text_of_der(authority.issuer->certificate.der, format)},
                            {"serial_number", x509::serial_text(certificate.serial, ':')},
                            {"expiration", int64_t{certificate.not_after.time_since_epoch().count()}}});
  add_certificate(data, certificate.der, authority.issuer->entry.ca_chain, format);
  return data;
}

Reply sign_intermediate(const MountStore& store, const Call& call, WriteView& view) {
  const logical::Fields& fields = call.fields;
  const auto format = format_of(fields);
  if (!format.ok()) return base::invalid("The \"format\" path parameter must be \"pem\" or \"der\"");
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const IssuingAuthority authority, find_issuing(*authorities, fields.string("issuer_ref")));
  ASSIGN_OR_RETURN(const x509::CertificateRequest request, read_csr(fields));
  RoleEntry any;
  any.key_type = "any";
  TRY(check_key(any, request.public_key));
  Response response;
  ASSIGN_OR_RETURN(x509::CertificateTemplate content, intermediate_template(store, call, request, response.warnings));
  // The issuer's own limit goes on below it.
  const auto& above = authority.issuer->certificate.basic_constraints;
  if (above && above->path_length && !content.basic_constraints->path_length && *above->path_length > 0) {
    content.basic_constraints->path_length = *above->path_length - 1;
  }
  const bool no_path = content.basic_constraints->path_length == 0;
  const bool outlives = content.not_after > authority.issuer->certificate.not_after;
  const bool nameless = content.subject.empty();
  ASSIGN_OR_RETURN(const SignedCertificate certificate,
                   sign_with(authority, std::move(content), static_cast<int>(fields.integer("signature_bits")),
                             fields.boolean("use_pss") ? x509::Padding::pss : x509::Padding::pkcs1));
  TRY(view.put(layout::kCertificates + x509::serial_text(certificate.serial, '-'), certificate.der));
  ASSIGN_OR_RETURN(response.data, intermediate_answer(authority, certificate, *format));
  if (outlives) response.warnings.push_back(kOutlives);
  if (nameless) response.warnings.push_back(kNoSubject);
  if (authority.urls.empty()) response.warnings.push_back(kNoUrls);
  if (no_path) response.warnings.push_back(kNoPath);
  return response;
}

std::string algorithm_name(x509::KeyType type) {
  return type == x509::KeyType::rsa ? "RSA" : type == x509::KeyType::ec ? "ECDSA" : "Ed25519";
}

// A root of elsewhere is vouched for: the same certificate, issued by this authority.
Reply sign_self_issued(const MountStore& store, const Call& call, WriteView& view) {
  const logical::Fields& fields = call.fields;
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  const auto block = x509::parse_pem(fields.string("certificate"));
  if (!block.ok()) return base::invalid("certificate could not be PEM-decoded");
  auto given = x509::parse_certificate(block->der.reveal());
  if (!given.ok()) return given.error().within("error parsing certificate");
  if (!given->basic_constraints || !given->basic_constraints->ca) return base::invalid("given certificate is not a CA certificate");
  if (!given->self_issued()) return base::invalid("given certificate is not self-issued");
  ASSIGN_OR_RETURN(const IssuingAuthority authority, find_issuing(*authorities, fields.string("issuer_ref")));
  const x509::KeyType ours = authority.key->type(), theirs = given->public_key.type();
  if (fields.boolean("require_matching_certificate_algorithms") && ours != theirs) {
    return failure("signing certificate's public key algorithm (" + algorithm_name(ours) + ") does not match submitted certificate's (" +
                   algorithm_name(theirs) + "), and require_matching_certificate_algorithms is true");
  }
  ASSIGN_OR_RETURN(const SignedCertificate certificate, sign_with(authority, x509::template_of(*given), 0, x509::Padding::pkcs1));
  return Response::of(Json::object({{"certificate", text_of_der(certificate.der, Format::pem)},
                                    {"issuing_ca", text_of_der(authority.issuer->certificate.der, Format::pem)}}));
}

FieldList issuer_reference() { return {{"issuer_ref", FieldType::string, "The issuer that signs: its id, name or default.", "default"}}; }

}  // namespace

void add_intermediate_paths(std::vector<Path>& paths, const MountStore& store) {
  const auto add = [&](const char* pattern, FieldList fields, logical::WriteHandler handler, const char* synopsis) {
    Path path;
    path.pattern = pattern;
    path.fields = std::move(fields);
    path.handlers = {{Operation::update, logical::Writes{std::move(handler)}}};
    path.synopsis = synopsis;
    paths.push_back(std::move(path));
  };
  const FieldList request = joined({name_fields(), subject_fields(), key_fields(),
                                    {{"add_basic_constraints", FieldType::boolean, "Whether the request says that it is for an authority."}}});
  const FieldList exported = {capture("exported", "internal, exported or existing.")};
  for (const char* pattern : {"intermediate/generate/{exported}", "issuers/generate/intermediate/{exported}"}) {
    add(pattern, joined({exported, request}), writing(generate_intermediate, store), "Generate a new CSR and private key used for signing.");
  }
  add("intermediate/cross-sign", request, writing(cross_sign, store), "Generate a new CSR with an existing key.");
  const FieldList sign = joined({issuer_reference(), name_fields(), subject_fields(), validity_fields(), authority_fields(),
                                 {{"csr", FieldType::string, "The certificate request, PEM.", "", true},
                                  {"use_csr_values", FieldType::boolean, "Whether subject, names and extensions are the request's."},
                                  {"skid", FieldType::string, "The subject key identifier, hex."},
                                  {"signature_bits", FieldType::integer, "Bits of the hash that an RSA issuer signs with."},
                                  {"use_pss", FieldType::boolean, "Whether an RSA issuer signs with PSS."}}});
  const FieldList self_issued =
      joined({issuer_reference(),
              {{"certificate", FieldType::string, "The certificate, PEM.", "", true},
               {"require_matching_certificate_algorithms", FieldType::boolean, "Whether both keys have to be of one kind."}}});
  for (const char* pattern : {"root/sign-intermediate", "issuer/{issuer_ref}/sign-intermediate"}) {
    add(pattern, sign, writing(sign_intermediate, store), "Issue an intermediate CA certificate based on the provided CSR.");
  }
  for (const char* pattern : {"root/sign-self-issued", "issuer/{issuer_ref}/sign-self-issued"}) {
    add(pattern, self_issued, writing(sign_self_issued, store), "Re-issue a self-signed certificate based on the provided certificate.");
    if (std::string_view(pattern) == "root/sign-self-issued") paths.back().access = logical::Access::sudo;
  }
}

}  // namespace bao::engines::pki
