#include "internal/engines/pki/acme/finalize.h"

#include <set>

#include "internal/base/letters.h"
#include "internal/codec/encoding.h"

namespace bao::engines::pki::acme {
namespace {

namespace x509 = crypto::x509;

Failure bad_request(const std::string& why) { return Failure::namely(ProblemType::bad_csr, why); }

struct Names {
  std::set<std::string> dns, addresses;  // addresses in 4 or 16 bytes
};

// The common name counts as one of them.
Names names_of(const x509::CertificateRequest& request) {
  Names names;
  for (const std::string& name : request.alternative_names.dns) names.dns.insert(base::lower_case(name));
  names.addresses.insert(request.alternative_names.addresses.begin(), request.alternative_names.addresses.end());
  for (const std::string& name : request.subject.values(x509::attribute::kCommonName)) {
    if (const auto address = x509::parse_address(name)) names.addresses.insert(*address);
    else if (!name.empty()) names.dns.insert(base::lower_case(name));
  }
  return names;
}

Names names_of(const Order& order) {
  Names names;
  for (const Identifier& each : order.identifiers) {
    if (each.is_address()) names.addresses.insert(x509::parse_address(each.value).value_or(""));
    else names.dns.insert(base::lower_case(each.original));
  }
  return names;
}

Outcome<> check_same(const std::set<std::string>& ordered, const std::set<std::string>& asked, const std::string& kind, std::string (*text)(std::string_view)) {
  if (ordered.size() != asked.size()) {
    return bad_request("Order (" + std::to_string(ordered.size()) + ") and CSR (" + std::to_string(asked.size()) + ") mismatch on number of " + kind +
                       " identifiers");
  }
  for (const std::string& each : ordered) {
    if (!asked.contains(each)) return bad_request("CSR is missing order " + kind + " identifier " + text(each));
  }
  return {};
}

}  // namespace

Outcome<x509::CertificateRequest> request_of(const codec::Json& payload) {
  const codec::Json* csr = payload.find("csr");
  if (csr == nullptr) return Failure::namely(ProblemType::malformed, "missing csr in payload");
  if (!csr->is_string()) return Failure::namely(ProblemType::malformed, "csr in payload not the expected type");
  const auto der = codec::from_base64url(csr->as_string());
  if (!der.ok()) return Failure::namely(ProblemType::malformed, "failed base64 decoding csr: " + der.error().message());
  auto request = x509::parse_request(*der);
  if (!request.ok()) return Failure::namely(ProblemType::malformed, "failed to parse csr: " + request.error().message());
  if (!request->signature_is_valid()) return bad_request("request signature invalid");
  if (request->basic_constraints && request->basic_constraints->ca) {
    return bad_request("refusing to accept CSR with Basic Constraints extension with CA set to true");
  }
  return std::move(*request);
}

Outcome<> check_request(const x509::CertificateRequest& request, const Order& order, const Jwk& account_key) {
  const Names ordered = names_of(order), asked = names_of(request);
  TRY(check_same(ordered.dns, asked.dns, "DNS", [](std::string_view name) { return std::string(name); }));
  TRY(check_same(ordered.addresses, asked.addresses, "IP", x509::address_text));
  const x509::AlternativeNames& names = request.alternative_names;
  if (!names.emails.empty() || !names.uris.empty() || !names.others.empty()) return bad_request("CSR asks for names that no order can prove");
  if (request.public_key == account_key.key) return bad_request("certificate public key must not match account key");
  return {};
}

}  // namespace bao::engines::pki::acme
