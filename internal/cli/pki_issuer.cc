#include "internal/cli/pki_issuer.h"

#include <algorithm>

#include "internal/base/time_format.h"

namespace bao::cli {
namespace {

using codec::Json;
namespace x509 = crypto::x509;

// Go words a value as %v; what isn't a text is told by its kind alone, because an answer may hold anything.
base::Result<std::string> required_text(const Json& data, const std::string& name) {
  const Json* value = data.find(name);
  if (value == nullptr) return base::invalid("response did not contain field: " + name);
  if (value->as_string().empty()) return base::invalid("field " + name + " value was blank or not a string");
  return value->as_string();
}

base::Status check_time(const x509::Certificate& certificate, x509::Seconds now) {
  const bool early = now < certificate.not_before;
  if (!early && now <= certificate.not_after) return {};
  const auto text = [](x509::Seconds time) { return base::format_rfc3339_seconds(base::Time(time)); };
  return base::invalid("x509: certificate has expired or is not yet valid: current time " + text(now) +
                       (early ? " is before " + text(certificate.not_before) : " is after " + text(certificate.not_after)));
}

base::Status check_usage(const x509::Certificate& certificate) {
  const auto& usages = certificate.extended_key_usages;
  const auto has = [&usages](const char* oid) { return std::find(usages.begin(), usages.end(), oid) != usages.end(); };
  if (usages.empty() || has(x509::extended_usage::kAny) || has(x509::extended_usage::kServerAuth)) return {};
  return base::invalid("x509: certificate specifies an incompatible key usage");
}

// The order of the steps is that of Go's Verify, whose first error is the one told. Constraints of names aren't looked at.
base::Result<bool> is_trusted(const x509::Certificate& child, const x509::Certificate& parent, bool issued, x509::Seconds now) {
  TRY(check_time(child, now));
  const bool same = child.der == parent.der;
  if (!same && !issued) return false;
  if (!same) TRY(check_time(parent, now));
  TRY(check_usage(parent));
  TRY(check_usage(child));
  return true;
}

}  // namespace

base::Result<PkiIssuer> read_issuer(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, session.read(path));
  if (!secret || secret->data.is_null()) return base::invalid("nil response received, certificate field unavailable");
  const Json& data = secret->data;
  ASSIGN_OR_RETURN(const std::string text, required_text(data, "certificate"));
  auto certificate = x509::parse_certificate_pem(text);
  if (!certificate.ok()) return certificate.error().within("unable to parse issuer " + path + "'s certificate");
  PkiIssuer issuer{.certificate = std::move(*certificate), .chain = {}, .key_id = data["key_id"].as_string()};
  const Json* chain = data.find("ca_chain");
  if (chain == nullptr) {
    return base::invalid("unable to parse issuer " + path + "'s CA chain: response did not contain field: ca_chain");
  }
  for (const Json& pem : chain->items()) {
    ASSIGN_OR_RETURN(x509::Certificate link, x509::parse_certificate_pem(pem.as_string()));
    issuer.chain.push_back(std::move(link));
  }
  return issuer;
}

Json IssuerMatch::to_json() const {
  return Json::object({{"key_id_match", key_id},
                       {"path_match", path},
                       {"signature_match", signature},
                       {"subject_match", subject},
                       {"trust_match", trust}});
}

base::Result<IssuerMatch> match_issuer(const PkiIssuer& issuer, const PkiIssuer& issued, x509::Seconds now) {
  const x509::Certificate& parent = issuer.certificate;
  const x509::Certificate& child = issued.certificate;
  IssuerMatch match;
  match.subject = parent.subject_der == child.issuer_der;
  match.key_id = parent.subject_key_id == child.authority_key_id;
  match.signature = parent.may_sign_certificates() && x509::is_signed_by(child, parent.public_key);
  match.path = std::any_of(issued.chain.begin(), issued.chain.end(), [&](const auto& link) { return link.der == parent.der; });
  ASSIGN_OR_RETURN(match.trust, is_trusted(child, parent, match.subject && match.signature, now));
  return match;
}

}  // namespace bao::cli
