// How the mount is tuned: what audit devices show in clear, and which headers pass.
#include <algorithm>

#include <strings.h>

#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

using codec::Json;

constexpr const char* kRequestKeys = "audit_non_hmac_request_keys";
constexpr const char* kResponseKeys = "audit_non_hmac_response_keys";
constexpr const char* kShownInRequests[] = {
    "csr", "certificate", "issuer_ref", "common_name", "alt_names", "other_sans", "ip_sans", "uri_sans", "ttl", "not_after", "serial_number",
    "key_type", "private_key_format", "managed_key_name", "managed_key_id", "ou", "organization", "country", "locality", "province",
    "street_address", "postal_code", "permitted_dns_domains", "policy_identifiers", "ext_key_usage_oids"};
constexpr const char* kShownInResponses[] = {"certificate", "issuing_ca", "serial_number", "error", "ca_chain"};
constexpr const char* kHidden[] = {"private_key", "pem_bundle"};

bool holds(const Json& list, const char* text) {
  return std::any_of(list.items().begin(), list.items().end(), [text](const Json& item) { return item.as_string() == text; });
}
bool holds_header(const Json& list, const char* name) {
  return std::any_of(list.items().begin(), list.items().end(), [name](const Json& item) { return strcasecmp(item.as_string().c_str(), name) == 0; });
}

Finding lacking(const Mount& mount) {
  return mount.lacking(mount.tune_endpoint(), "This token lacks permission to read the tune endpoint for this mount. ",
                       "No token available so unable read the tune endpoint for this mount. ",
                       "Without this information, this health check is unable to function.");
}

}  // namespace

base::Result<Findings> check_audit_visibility(const Parameters& parameters, Mount& mount) {
  ASSIGN_OR_RETURN(const auto ignored, parameters.texts("ignored_parameters"));
  ASSIGN_OR_RETURN(const Answer tune, mount.tune());
  if (tune.state == Answer::State::unsupported) return needs_version(mount.tune_endpoint(), "1.9");
  if (tune.denied()) return Findings{lacking(mount)};
  Findings findings;
  const auto expect_shown = [&](const char* list, const char* name) {
    if (holds(tune.data[list], name) || std::find(ignored.begin(), ignored.end(), name) != ignored.end()) return;
    findings.push_back({Status::informational, mount.tune_endpoint(),
                        std::string("Mount currently HMACs ") + name + " because it is not in " + list +
                            "; as this is not a sensitive security parameter, it is encouraged to disable HMACing to allow better auditing of the "
                            "PKI engine."});
  };
  for (const char* name : kShownInRequests) expect_shown(kRequestKeys, name);
  for (const char* name : kShownInResponses) expect_shown(kResponseKeys, name);
  for (const char* list : {kRequestKeys, kResponseKeys}) {
    for (const char* name : kHidden) {
      if (!holds(tune.data[list], name)) continue;
      findings.push_back({Status::warning, mount.tune_endpoint(),
                          std::string("Mount currently doesn't HMAC ") + name + " because it is in " + list +
                              "; as this is a sensitive security parameter it is encouraged to HMAC it in the Audit logs."});
    }
  }
  if (findings.empty()) findings.push_back({Status::ok, mount.tune_endpoint(), "Mount audit information is configured appropriately."});
  return findings;
}

base::Result<Findings> check_if_modified_since(const Parameters&, Mount& mount) {
  ASSIGN_OR_RETURN(const Answer tune, mount.tune());
  if (tune.state == Answer::State::unsupported) return needs_version(mount.tune_endpoint(), "1.12");
  if (tune.denied()) return Findings{lacking(mount)};
  if (holds_header(tune.data["passthrough_request_headers"], "If-Modified-Since") &&
      holds_header(tune.data["allowed_response_headers"], "Last-Modified")) {
    return Findings{{Status::ok, mount.tune_endpoint(), "Mount allows the If-Modified-Since request header and Last-Modified response header."}};
  }
  return Findings{{Status::informational, mount.tune_endpoint(),
                   "Mount hasn't enabled If-Modified-Since Request or Last-Modified Response headers; consider enabling these headers to allow "
                   "clients to fetch CAs and CRLs only when they've changed, reducing total bandwidth."}};
}

base::Result<Findings> check_acme_headers(const Parameters&, Mount& mount) {
  const std::string config_endpoint = mount.endpoint("config/acme");
  ASSIGN_OR_RETURN(const Answer config, mount.read("config/acme"));
  if (config.state == Answer::State::unsupported) return needs_version(config_endpoint, "1.14");
  if (config.denied()) return lacking_for_acme(mount, config_endpoint, "Without read access to ACME configuration, this health check is unable to function.");
  if (!config.data["enabled"].as_bool()) {
    return Findings{{Status::not_applicable, config_endpoint, "ACME is not enabled, no additional response headers required."}};
  }
  ASSIGN_OR_RETURN(const Answer tune, mount.tune());
  if (tune.denied()) return lacking_for_acme(mount, mount.tune_endpoint(), "Without access to mount tune information, this health check is unable to function.");
  for (const char* name : {"Replay-Nonce", "Link", "Location"}) {
    if (holds_header(tune.data["allowed_response_headers"], name)) continue;
    return Findings{{Status::warning, mount.tune_endpoint(),
                     "Mount hasn't enabled 'Replay-Nonce', 'Link', 'Location' response headers, these are required for ACME to function."}};
  }
  return Findings{{Status::ok, mount.tune_endpoint(), "Mount has enabled 'Replay-Nonce', 'Link', 'Location' response headers."}};
}

}  // namespace bao::cli::health
