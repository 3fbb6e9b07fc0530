#include "internal/core/settings/cross_origin.h"

#include <algorithm>

#include "internal/codec/json.h"

namespace bao::core {
namespace {

using codec::Json;

std::vector<std::string> strings_of(const Json& array) {
  std::vector<std::string> out;
  for (const Json& item : array.items()) out.push_back(item.as_string());
  return out;
}

}  // namespace

bool CrossOriginRules::allows(std::string_view origin) const {
  if (allowed_origins.size() == 1 && allowed_origins.front() == "*") return true;
  return std::ranges::find(allowed_origins, origin) != allowed_origins.end();
}

const std::vector<std::string>& usual_headers() {
  static const std::vector<std::string> headers = {
      "Content-Type",       "Authorization",    "X-Vault-Token",             "X-Vault-MFA",           "X-Vault-No-Request-Forwarding", "X-Vault-Wrap-Format",
      "X-Vault-Wrap-TTL",   "X-Requested-With", "X-Vault-AWS-IAM-Server-ID", "X-Vault-Policy-Override"};
  return headers;
}

base::Result<CrossOriginRules> read_cross_origin(const storage::ReadView& all) {
  CrossOriginRules rules;
  ASSIGN_OR_RETURN(const auto stored, all.get(CrossOrigin::kStorageKey));
  if (!stored) return rules;
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(*stored));
  const auto enabled = entry["enabled"].as_int();  // a number there
  rules.enabled = enabled.ok() && *enabled == 1;
  rules.allowed_origins = strings_of(entry["allowed_origins"]);
  rules.allowed_headers = strings_of(entry["allowed_headers"]);
  rules.allow_credentials = entry["allow_credentials"].as_bool();
  return rules;
}

base::Status store_cross_origin(storage::WriteView& all, const CrossOriginRules& rules) {
  Json entry = Json::record({{"enabled", rules.enabled ? 1 : 0}});
  if (!rules.allowed_origins.empty()) entry.set("allowed_origins", Json::strings(rules.allowed_origins));
  if (!rules.allowed_headers.empty()) entry.set("allowed_headers", Json::strings(rules.allowed_headers));
  if (rules.allow_credentials) entry.set("allow_credentials", true);
  return all.put(CrossOrigin::kStorageKey, codec::write_json(entry));
}

CrossOrigin::CrossOrigin(barrier::Barrier& barrier)
    : kept_(barrier, "config/cors", [](const storage::ReadView& all) -> base::Result<std::shared_ptr<const CrossOriginRules>> {
        ASSIGN_OR_RETURN(CrossOriginRules rules, read_cross_origin(all));
        return std::shared_ptr<const CrossOriginRules>(std::make_shared<CrossOriginRules>(std::move(rules)));
      }) {}

}  // namespace bao::core
