// Stored certificates and the CA's own: read as JSON or raw, listed. For everybody but the lists.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Operation;
using logical::Path;
using logical::Response;

constexpr char kDer[] = "application/pkix-cert", kPem[] = "application/pem-certificate-chain";

Response raw(std::string body, const char* type) {
  Response response;
  logical::RawBody answer;
  answer.status = body.empty() ? 204 : 200;
  answer.content_type = type;
  answer.body = std::move(body);
  response.raw = std::move(answer);
  return response;
}

// Nullptr where there is no default issuer.
base::Result<const Issuer*> default_issuer(const Authorities& authorities) {
  if (authorities.issuer_config.default_id.empty()) return static_cast<const Issuer*>(nullptr);
  return authorities.find_issuer("default");
}

std::string chain_text(const Issuer& issuer) {
  std::string text;
  for (const std::string& pem : issuer.entry.ca_chain) text += pem;
  return text;
}

Json certificate_json(std::string pem) {
  return Json::object({{"certificate", std::move(pem)}, {"revocation_time", 0}, {"revocation_time_rfc3339", ""}});
}

enum class Form : uint8_t { der, pem, chain };

template <Form form>
Reply read_ca_raw(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const Issuer* issuer, default_issuer(*authorities));
  if (form == Form::der) return raw(issuer == nullptr ? "" : issuer->certificate.der, kDer);
  if (form == Form::pem) return raw(issuer == nullptr ? "" : without_last_newline(issuer->entry.certificate), kPem);
  return raw(issuer == nullptr ? "" : without_last_newline(chain_text(*issuer)), kDer);
}

Reply read_ca(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const Issuer* issuer, authorities->find_issuer("default"));
  return Response::of(certificate_json(without_last_newline(issuer->entry.certificate)));
}

Reply read_ca_chain(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const Issuer* issuer, authorities->find_issuer("default"));
  const std::string chain = without_last_newline(chain_text(*issuer));
  Json data = certificate_json(chain);
  data.set("ca_chain", chain);
  return Response::of(std::move(data));
}

// DER of a stored certificate; older entries lie under names with colons.
base::Result<std::optional<std::string>> stored_certificate(const ReadView& view, const std::string& serial) {
  for (const char separator : {'-', ':'}) {
    ASSIGN_OR_RETURN(auto der, view.get(layout::kCertificates + x509::serial_text(serial, separator)));
    if (der) return der;
  }
  return std::optional<std::string>();
}

base::Result<std::optional<std::string>> asked_certificate(const Call& call, const ReadView& view) {
  if (call.fields.string("serial").find_first_not_of("0123456789abcdefABCDEF-:") != std::string::npos) {
    return base::Error(base::Code::absent, "unsupported path");
  }
  const auto serial = x509::parse_serial(call.fields.string("serial"));
  if (!serial) return std::optional<std::string>();
  return stored_certificate(view, *serial);
}

// When it was revoked; Response members as the reference fills them.
base::Status add_revocation(Json& data, const ReadView& view, const std::string& serial_field) {
  const auto serial = x509::parse_serial(serial_field);
  if (!serial) return {};
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::kRevoked + x509::serial_text(*serial, '-')));
  if (!bytes) return {};
  ASSIGN_OR_RETURN(const Json entry, parse_stored(*bytes));
  data.set("revocation_time", entry["revocation_time"]);
  const auto at = base::parse_rfc3339(entry["revocation_time_utc"].as_string());
  if (at.ok()) data.set("revocation_time_rfc3339", base::format_rfc3339(*at));
  if (!entry["issuer_id"].as_string().empty()) data.set("issuer_id", entry["issuer_id"]);
  return {};
}

Reply read_certificate(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto der, asked_certificate(call, view));
  if (!der) return logical::nothing();
  Json data = certificate_json(without_last_newline(x509::pem(x509::kCertificateBlock, *der)));
  TRY(add_revocation(data, view, call.fields.string("serial")));
  return Response::of(std::move(data));
}

template <Form form>
Reply read_certificate_raw(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto der, asked_certificate(call, view));
  if (form == Form::der) return raw(der.value_or(""), kDer);
  return raw(der ? without_last_newline(x509::pem(x509::kCertificateBlock, *der)) : "", kPem);
}

base::Result<std::vector<std::string>> listed_serials(const Call& call, const ReadView& view, std::string_view folder) {
  std::string after = call.fields.string("after");
  std::replace(after.begin(), after.end(), ':', '-');
  return view.list(folder, after, call.fields.integer("limit"));
}

std::string shown_serial(std::string name) {
  std::replace(name.begin(), name.end(), '-', ':');
  return name;
}

Reply list_certificates(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, listed_serials(call, view, layout::kCertificates));
  for (std::string& name : names) name = shown_serial(std::move(name));
  return Response::keys(names);
}

Json details(const x509::Certificate& certificate) {
  return Json::object({{"common_name", certificate.subject.last(x509::attribute::kCommonName)},
                       {"issuer", certificate.issuer.text()},
                       {"serial_number", x509::serial_text(certificate.serial, ':')},
                       {"not_before", time_text(certificate.not_before)},
                       {"not_after", time_text(certificate.not_after)}});
}

Reply list_details(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, listed_serials(call, view, layout::kCertificates));
  Json info = Json::object();
  for (std::string& name : names) {
    ASSIGN_OR_RETURN(const auto der, view.get(layout::kCertificates + name));
    name = shown_serial(std::move(name));
    if (!der) continue;
    const auto certificate = x509::parse_certificate(*der);
    if (certificate.ok()) info.set(name, details(*certificate));
  }
  return Response::keys(names, std::move(info));
}

using ReadFunction = Reply (*)(const MountStore&, const Call&, const ReadView&);

void add(std::vector<Path>& paths, const MountStore& store, const char* pattern, Operation operation, ReadFunction function,
         logical::Access access, FieldList fields = {}) {
  Path path;
  path.pattern = pattern;
  path.fields = std::move(fields);
  path.handlers = {{operation, logical::Reads{reading(function, store)}}};
  path.access = access;
  path.synopsis = "Fetch a CA, CA chain, or issued certificate.";
  paths.push_back(std::move(path));
}

}  // namespace

void add_certificate_paths(std::vector<Path>& paths, const MountStore& store) {
  constexpr auto kAll = logical::Access::unauthenticated;
  const auto read = [&](const char* pattern, ReadFunction function, FieldList fields = {}) {
    add(paths, store, pattern, Operation::read, function, kAll, std::move(fields));
  };
  read("ca", read_ca_raw<Form::der>);
  read("ca/pem", read_ca_raw<Form::pem>);
  read("ca_chain", read_ca_raw<Form::chain>);
  read("cert/ca", read_ca);
  read("cert/ca_chain", read_ca_chain);
  read("cert/ca/raw", read_ca_raw<Form::der>);
  read("cert/ca/raw/pem", read_ca_raw<Form::pem>);
  const FieldList serial = {capture("serial", "Serial number: pairs of hex digits joined by colons or hyphens.")};
  read("cert/{serial:segment}/raw", read_certificate_raw<Form::der>, serial);
  read("cert/{serial:segment}/raw/pem", read_certificate_raw<Form::pem>, serial);
  read("cert/{serial:segment}", read_certificate, serial);
  add(paths, store, "certs/?", Operation::list, list_certificates, logical::Access::token, paging_fields());
  add(paths, store, "certs/detailed/?", Operation::list, list_details, logical::Access::token, paging_fields());
}

}  // namespace bao::engines::pki
