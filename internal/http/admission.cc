#include "internal/http/admission.h"

#include <algorithm>

#include "internal/core/quota/rate_limits.h"
#include "internal/core/settings/cross_origin.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

constexpr std::string_view kScriptMethods[] = {"DELETE", "GET", "OPTIONS", "POST", "PUT", "LIST", "SCAN"};

template <typename Words>
std::string joined(const Words& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ',';
    out += word;
  }
  return out;
}

Answer nothing(int status) {
  Answer answer = Answer::empty(status);
  answer.content_type = "";
  return answer;
}

// As the request handler will see it: a folder when it is listed.
std::string counted_path(const Target& target, std::string_view method) {
  std::string path = target.path.substr(4);  // "/v1/"
  if ((method == "LIST" || method == "SCAN") && !path.ends_with('/')) path += '/';
  return path;
}

void audit_refused(core::Core& core, const WireRequest& wire, Target& target, const Peer& peer, const RequestRules& rules, const std::string& why) {
  const Translated translated = translate(wire, target, peer, rules.body);
  if (const auto* request = std::get_if<logical::Request>(&translated)) core.audit_refused(*request, base::invalid(why));
}

// What cannot be served anyway is counted by nobody.
void count(core::Core& core, const WireRequest& wire, const Peer& peer, const RequestRules& rules, Admitted& admitted) {
  auto [target, fault] = parse_target(wire.target, rules.target);
  if (!target) return;
  const std::string path = counted_path(*target, wire.method);
  core::Admission admission = core.rate_limits().admit(path, peer.address, wire.body);
  admitted.headers = std::move(admission.headers);
  if (admission.allowed) return;
  const std::string why = "request path \"" + path + "\": rate limit quota exceeded";
  if (admission.audited) audit_refused(core, wire, *target, peer, rules, why);
  admitted.ended = Answer::error(429, why);
}

void check_origin(const core::CrossOriginRules& rules, const WireRequest& wire, Admitted& admitted) {
  const std::string_view origin = wire.header("Origin");
  if (!rules.enabled || origin.empty()) return;
  if (!rules.allows(origin)) {
    admitted.ended = Answer::error(403, "origin not allowed");
    return;
  }
  const bool preflight = wire.method == "OPTIONS";
  const std::string_view method = wire.header("Access-Control-Request-Method");
  if (preflight && std::ranges::find(kScriptMethods, method) == std::end(kScriptMethods)) {
    admitted.ended = nothing(405);
    return;
  }
  admitted.headers.emplace_back("Access-Control-Allow-Origin", origin);
  admitted.headers.emplace_back("Vary", "Origin");
  if (rules.allow_credentials) admitted.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  if (!preflight) return;
  admitted.headers.emplace_back("Access-Control-Allow-Methods", joined(kScriptMethods));
  admitted.headers.emplace_back("Access-Control-Allow-Headers", joined(rules.allowed_headers));
  admitted.headers.emplace_back("Access-Control-Max-Age", "300");
  admitted.ended = nothing(200);
}

}  // namespace

Admitted admit(core::Core& core, const WireRequest& wire, const Peer& peer, const RequestRules& rules) {
  Admitted admitted;
  if (core.rate_limits().any()) count(core, wire, peer, rules, admitted);
  if (admitted.ended) return admitted;
  if (const auto cross_origin = core.cross_origin().rules()) check_origin(*cross_origin, wire, admitted);
  return admitted;
}

}  // namespace bao::http
