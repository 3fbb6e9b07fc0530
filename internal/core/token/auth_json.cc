#include "internal/core/token/auth_json.h"

namespace bao::core {
namespace {

using codec::Json;

Json nanoseconds(base::Duration d) { return static_cast<int64_t>(d.count()); }
Json strings_or_null(const std::vector<std::string>& items) { return items.empty() ? Json() : Json::strings(items); }

Json texts(const std::map<std::string, std::string>& given) {
  Json out = Json::object();
  for (const auto& [key, value] : given) out.set(key, value);
  return out;
}

// What is empty is left out, as in the reference's messages.
Json alias_to_json(const LoggedIn::Alias& alias) {
  Json out = Json::record();
  out.set("mount_type", alias.mount_type);
  out.set("mount_accessor", alias.mount_accessor);
  out.set("name", alias.name);
  if (alias.metadata && !alias.metadata->empty()) out.set("metadata", texts(*alias.metadata));
  if (alias.local) out.set("local", true);
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

Json auth_to_json(const logical::Auth& auth, const LoggedIn& who) {
  std::vector<Json::Member> members;
  members.reserve(27);
  const auto add = [&](const char* name, Json value) { members.emplace_back(name, std::move(value)); };
  add("lease", nanoseconds(auth.ttl));
  add("max_ttl", nanoseconds(auth.max_ttl));
  add("renewable", auth.renewable);
  add("internal_data", auth.internal_data.empty() ? Json() : auth.internal_data);
  add("display_name", auth.display_name);
  add("policies", strings_or_null(auth.policies));
  add("token_policies", strings_or_null(auth.token_policies));
  add("identity_policies", strings_or_null(auth.identity_policies));
  add("external_namespace_policies", nullptr);
  add("no_default_policy", auth.no_default_policy);
  add("metadata", auth.metadata ? texts(*auth.metadata) : Json());
  add("client_token", auth.client_token);
  add("accessor", auth.accessor);
  add("period", nanoseconds(auth.period));
  add("explicit_max_ttl", nanoseconds(auth.explicit_max_ttl));
  add("num_uses", auth.num_uses);
  add("entity_id", auth.entity_id);
  add("alias", who.alias ? alias_to_json(*who.alias) : Json());
  add("group_aliases", nullptr);
  add("bound_cidrs", strings_or_null(auth.bound_cidrs));
  add("creation_path", auth.creation_path);
  add("token_type", type_digit(auth.token_type));
  add("orphan", auth.orphan);
  add("policy_results", nullptr);
  add("mfa_requirement", nullptr);
  add("entity_created", who.entity_created);
  add("list_scan_response_keys_filter_path", "");
  return Json::record(std::move(members));
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
