#include "internal/cli/pki_issuer.h"

#include <algorithm>

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

IssuerMatch match_issuer(const PkiIssuer& issuer, const PkiIssuer& issued, x509::Seconds now) {
  const x509::Certificate& parent = issuer.certificate;
  const x509::Certificate& child = issued.certificate;
  const auto valid = [now](const x509::Certificate& certificate) {
    return certificate.not_before <= now && now <= certificate.not_after;
  };
  IssuerMatch match;
  match.subject = parent.subject_der == child.issuer_der;
  match.key_id = parent.subject_key_id == child.authority_key_id;
  match.signature = parent.may_sign_certificates() && x509::is_signed_by(child, parent.public_key);
  match.path = std::any_of(issued.chain.begin(), issued.chain.end(), [&](const auto& link) { return link.der == parent.der; });
  match.trust = valid(child) && (child.der == parent.der || (match.subject && match.signature && valid(parent)));
  return match;
}

}  // namespace bao::cli
