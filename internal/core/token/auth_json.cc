#include "internal/core/token/auth_json.h"

namespace bao::core {
namespace {

using codec::Json;

Json nanoseconds(base::Duration d) { return static_cast<int64_t>(d.count()); }
Json strings_or_null(const std::vector<std::string>& items) { return items.empty() ? Json() : Json::strings(items); }

Json metadata_of(const logical::Auth& auth) {
  if (!auth.metadata) return {};
  Json out = Json::object();
  for (const auto& [key, value] : *auth.metadata) out.set(key, value);
  return out;
}

int64_t type_digit(std::string_view name) { return name == "batch" ? 2 : name == "service" ? 1 : 0; }

base::Duration duration_of(const Json& value) {
  const auto nanos = value.as_int();
  return base::Duration(nanos.ok() ? *nanos : 0);
}

std::vector<std::string> strings_of(const Json& value) {
  std::vector<std::string> out;
  if (value.is_array()) {
    for (const Json& item : value.items()) out.push_back(item.as_string());
  }
  return out;
}

void read_times(const Json& stored, logical::Auth& auth) {
  auth.ttl = duration_of(stored["lease"]);
  auth.max_ttl = duration_of(stored["max_ttl"]);
  auth.renewable = stored["renewable"].as_bool();
  auth.period = duration_of(stored["period"]);
  auth.explicit_max_ttl = duration_of(stored["explicit_max_ttl"]);
}

void read_policies(const Json& stored, logical::Auth& auth) {
  auth.policies = strings_of(stored["policies"]);
  auth.token_policies = strings_of(stored["token_policies"]);
  auth.identity_policies = strings_of(stored["identity_policies"]);
  auth.no_default_policy = stored["no_default_policy"].as_bool();
}

}  // namespace

Json auth_to_json(const logical::Auth& auth) {
  Json record = Json::record();
  record.set("lease", nanoseconds(auth.ttl));
  record.set("max_ttl", nanoseconds(auth.max_ttl));
  record.set("renewable", auth.renewable);
  record.set("internal_data", auth.internal_data.empty() ? Json() : auth.internal_data);
  record.set("display_name", auth.display_name);
  record.set("policies", strings_or_null(auth.policies));
  record.set("token_policies", strings_or_null(auth.token_policies));
  record.set("identity_policies", strings_or_null(auth.identity_policies));
  record.set("external_namespace_policies", nullptr);
  record.set("no_default_policy", auth.no_default_policy);
  record.set("metadata", metadata_of(auth));
  record.set("client_token", auth.client_token);
  record.set("accessor", auth.accessor);
  record.set("period", nanoseconds(auth.period));
  record.set("explicit_max_ttl", nanoseconds(auth.explicit_max_ttl));
  record.set("num_uses", auth.num_uses);
  record.set("entity_id", auth.entity_id);
  record.set("alias", nullptr);
  record.set("group_aliases", nullptr);
  record.set("bound_cidrs", strings_or_null(auth.bound_cidrs));
  record.set("creation_path", auth.creation_path);
  record.set("token_type", type_digit(auth.token_type));
  record.set("orphan", auth.orphan);
  record.set("policy_results", nullptr);
  record.set("mfa_requirement", nullptr);
  record.set("entity_created", false);
  record.set("list_scan_response_keys_filter_path", "");
  return record;
}

logical::Auth auth_from_json(const Json& stored) {
  logical::Auth auth;
  if (!stored.is_object()) return auth;
  read_times(stored, auth);
  read_policies(stored, auth);
  if (stored["internal_data"].is_object()) auth.internal_data = stored["internal_data"];
  auth.display_name = stored["display_name"].as_string();
  if (const Json& metadata = stored["metadata"]; metadata.is_object()) {
    auth.metadata.emplace();
    for (const auto& [key, value] : metadata.members()) (*auth.metadata)[key] = value.as_string();
  }
  auth.client_token = stored["client_token"].as_string();
  auth.accessor = stored["accessor"].as_string();
  const auto uses = stored["num_uses"].as_int();
  auth.num_uses = uses.ok() ? *uses : 0;
  auth.entity_id = stored["entity_id"].as_string();
  auth.bound_cidrs = strings_of(stored["bound_cidrs"]);
  auth.creation_path = stored["creation_path"].as_string();
  const auto type = stored["token_type"].as_int();
  auth.token_type = type.ok() && *type == 2 ? "batch" : "service";
  auth.orphan = stored["orphan"].as_bool();
  return auth;
}

}  // namespace bao::core
