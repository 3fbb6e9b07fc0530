// sys/policy and sys/policies/acl: ACL policies with check-and-set and expiry (openbao-api.md 2.4).
#include <utility>

#include "internal/base/letters.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Field;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

// sys/policy names the text "rules" and spreads its answers; sys/policies/acl names it "policy".
enum class Form : uint8_t { policy, policies_acl };

Json describe(const Policy& policy) {
  Json out = Json::object();
  out.set("name", policy.name);
  out.set("version", policy.version);
  out.set("cas_required", policy.cas_required);
  out.set("policy", policy.raw);
  out.set("allow_wildcards_in_identity_templates", policy.allow_wildcards_in_identity_templates);
  out.set("allow_slashes_in_identity_templates", policy.allow_slashes_in_identity_templates);
  if (policy.expiration) out.set("expiration", base::format_rfc3339(*policy.expiration));
  if (policy.modified) out.set("modified", base::format_rfc3339(*policy.modified));
  return out;
}

// Names below the prefix; "root" last, where it belongs.
base::Result<std::vector<std::string>> names(Core::Parts& parts, const Call& call, const storage::ReadView& all,
                                             const std::string& prefix, bool with_root) {
  ASSIGN_OR_RETURN(auto list, parts.policies.list(all, *call.request.ns, prefix, call.now));
  std::erase(list, "root");
  if (with_root) list.push_back("root");
  return list;
}

Reply list_policies(Core::Parts& parts, Form form, const Call& call, const storage::ReadView& all) {
  const Json* prefix = call.fields.find("name");
  const std::string below = prefix == nullptr ? std::string() : prefix->as_string();
  ASSIGN_OR_RETURN(const auto list, names(parts, call, all, below, below.empty()));
  Response response = Response::keys(list);
  if (form == Form::policy) {
    response.data->set("policies", Json::strings(list));
    response.spread_data = true;
  }
  return response;
}

Reply list_detailed(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  const Json* prefix = call.fields.find("name");
  ASSIGN_OR_RETURN(const auto list, names(parts, call, all, prefix == nullptr ? "" : prefix->as_string(), true));
  Json info = Json::object();
  for (const std::string& name : list) {
    ASSIGN_OR_RETURN(const auto policy, parts.policies.get(all, *call.request.ns, name, call.now));
    if (policy) info.set(name, describe(*policy));
  }
  return Response::keys(list, std::move(info));
}

Reply read_policy(Core::Parts& parts, Form form, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto policy,
                   parts.policies.get(all, *call.request.ns, base::lower_case(call.fields.string("name")), call.now));
  if (!policy) return logical::nothing();
  Json data = describe(*policy);
  if (form == Form::policies_acl) return Response::of(std::move(data));
  data.set("rules", policy->raw);
  data.erase("policy");
  return spread(std::move(data));
}

// The text of a policy may come in base64.
std::string decoded(std::string text) {
  auto bytes = codec::from_base64(text);
  return bytes.ok() ? std::move(bytes).value() : std::move(text);
}

base::Status read_expiration(const Call& call, std::optional<base::Time>& out) {
  const bool by_time = call.fields.has("expiration"), by_ttl = call.fields.has("ttl");
  if (by_time && by_ttl) return base::invalid("cannot supply both 'expiration' and 'ttl' for policies");
  if (by_time) out = call.fields.time("expiration");
  if (by_ttl) out = call.now + call.fields.duration("ttl");
  if (out && *out <= call.now) {
    return base::invalid("refusing to update policy as expiration time has already elapsed");
  }
  return {};
}

base::Status read_rules(Policy& policy) {
  if (policy.raw.empty()) return base::invalid("'policy' parameter not supplied or empty");
  policy.raw = decoded(std::move(policy.raw));
  ASSIGN_OR_RETURN(policy.rules, parse_policy_rules(policy.raw));
  policy.templated = has_templates(policy.rules);
  return {};
}

// `wanted` is the version that must be there, -1 for none; `existing` may be null.
base::Status check_and_set(const Policy* existing, bool required, std::optional<int64_t> wanted) {
  if (!wanted) {
    if (!required) return {};
    return base::invalid("check-and-set parameter required for this call");
  }
  if (*wanted == -1) {
    if (existing == nullptr) return {};
    return base::invalid("check-and-set parameter set to -1 on existing entry");
  }
  if (*wanted == (existing == nullptr ? 0 : existing->version)) return {};
  return base::invalid("check-and-set parameter did not match the current version");
}

base::Status store(Core::Parts& parts, const Call& call, storage::WriteView& all, Policy policy, const Policy* existing,
                   std::optional<int64_t> cas) {
  if (is_immutable_policy(policy.name)) return base::invalid("cannot update \"" + policy.name + "\" policy");
  const bool required = policy.cas_required || (existing != nullptr && existing->cas_required);
  TRY(check_and_set(existing, required, cas));
  policy.version = existing == nullptr ? 1 : existing->version + 1;
  policy.modified = call.now;
  if (existing != nullptr) policy.unknown = existing->unknown;
  return parts.policies.put(all, *call.request.ns, policy);
}

std::optional<int64_t> asked_version(const Call& call) {
  if (!call.fields.has("cas")) return std::nullopt;
  return call.fields.integer("cas");
}

Reply write_policy(Core::Parts& parts, Form form, const Call& call, storage::WriteView& all) {
  Response response;
  const std::string asked = call.fields.string("name");
  Policy policy;
  policy.name = base::lower_case(asked);
  if (policy.name != asked) response.warnings.push_back("policy name was converted to " + policy.name);
  policy.raw = call.fields.string("policy");
  if (policy.raw.empty() && form == Form::policy) {
    policy.raw = call.fields.string("rules");
    response.warnings.emplace_back("'rules' is deprecated, please use 'policy' instead");
  }
  if (policy.raw.empty()) return base::invalid("'policy' parameter not supplied or empty");
  TRY(read_expiration(call, policy.expiration));
  TRY(read_rules(policy));
  policy.cas_required = call.fields.boolean("cas_required");
  policy.allow_wildcards_in_identity_templates = call.fields.boolean("allow_wildcards_in_identity_templates");
  policy.allow_slashes_in_identity_templates = call.fields.boolean("allow_slashes_in_identity_templates");
  ASSIGN_OR_RETURN(const auto existing, parts.policies.get(all, *call.request.ns, policy.name, call.now));
  TRY(store(parts, call, all, std::move(policy), existing.get(), asked_version(call)));
  return response;
}

bool flag_or(const Call& call, std::string_view name, bool current) {
  return call.fields.has(name) ? call.fields.boolean(name) : current;
}

Reply patch_policy(Core::Parts& parts, const Call& call, storage::WriteView& all) {
  Response response = Response::of(nullptr);  // 200 with nothing in it, as the reference
  const std::string asked = call.fields.string("name"), name = base::lower_case(asked);
  if (name != asked) response.warnings.push_back("policy name was converted to " + name);
  ASSIGN_OR_RETURN(const auto existing, parts.policies.get(all, *call.request.ns, name, call.now));
  if (!existing) return base::invalid("policy not found");
  Policy policy;
  policy.name = name;
  policy.raw = call.fields.has("policy") ? call.fields.string("policy") : existing->raw;
  policy.expiration = existing->expiration;
  TRY(read_expiration(call, policy.expiration));
  TRY(read_rules(policy));
  policy.cas_required = flag_or(call, "cas_required", existing->cas_required);
  policy.allow_wildcards_in_identity_templates =
      flag_or(call, "allow_wildcards_in_identity_templates", existing->allow_wildcards_in_identity_templates);
  policy.allow_slashes_in_identity_templates =
      flag_or(call, "allow_slashes_in_identity_templates", existing->allow_slashes_in_identity_templates);
  // What was read here must still be there: a patch is always checked.
  TRY(store(parts, call, all, std::move(policy), existing.get(), asked_version(call).value_or(existing->version)));
  return response;
}

Reply remove_policy(Core::Parts& parts, const Call& call, storage::WriteView& all) {
  const std::string name = base::lower_case(call.fields.string("name"));
  if (is_immutable_policy(name)) return base::invalid("cannot delete \"" + name + "\" policy");
  if (name == "default") return base::invalid("cannot delete default policy");
  TRY(parts.policies.remove(all, *call.request.ns, name));
  return Response::none();
}

std::vector<Field> policy_fields(Form form) {
  std::vector<Field> fields = {
      {.name = "name", .description = "The name of the policy. Example: \"ops\""},
      {.name = "policy", .description = "The rules of the policy."},
      {.name = "expiration", .type = FieldType::time, .description = "When the policy ends; it is absent from then on."},
      {.name = "ttl", .type = FieldType::duration, .description = "How long the policy lasts from now on."},
      {.name = "cas", .type = FieldType::integer, .description = "The version the policy must have; -1 if it must not exist."},
      {.name = "cas_required", .type = FieldType::boolean, .description = "Whether writes must name the version they replace."},
      {.name = "allow_wildcards_in_identity_templates", .type = FieldType::boolean, .description = "Whether values of identity templates may hold wildcards."},
      {.name = "allow_slashes_in_identity_templates", .type = FieldType::boolean, .description = "Whether values of identity templates may hold slashes."},
  };
  if (form == Form::policy) fields.push_back({.name = "rules", .description = "The rules of the policy.", .deprecated = true});
  return fields;
}

Path list_path(Core::Parts& parts, std::string pattern, Form form) {
  const Reads list{[&parts, form](const Call& call, const storage::ReadView& all) { return list_policies(parts, form, call, all); }};
  Path path;
  path.pattern = std::move(pattern);
  path.handlers = {{.operation = Operation::list, .effect = list, .summary = "List the configured access control policies."}};
  if (form == Form::policy) path.handlers.push_back({.operation = Operation::read, .effect = list, .summary = "List the configured access control policies."});
  path.synopsis = "List the configured access control policies.";
  path.description = "The names of the access control policies; \"root\" comes last.";
  return path;
}

Path entry_path(Core::Parts& parts, std::string pattern, Form form) {
  Path path;
  path.pattern = std::move(pattern);
  path.fields = policy_fields(form);
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[&parts, form](const Call& call, const storage::ReadView& all) { return read_policy(parts, form, call, all); }},
       .summary = "Retrieve the policy body for the named policy."},
      {.operation = Operation::update,
       .effect = Writes{[&parts, form](const Call& call, storage::WriteView& all) { return write_policy(parts, form, call, all); }},
       .summary = "Add a new policy, or update an existing one."},
      {.operation = Operation::remove,
       .effect = Writes{[&parts](const Call& call, storage::WriteView& all) { return remove_policy(parts, call, all); }},
       .summary = "Delete the policy with the given name."},
      {.operation = Operation::list,
       .effect = Reads{[&parts, form](const Call& call, const storage::ReadView& all) { return list_policies(parts, form, call, all); }},
       .summary = "List policies below a prefix."},
  };
  if (form == Form::policies_acl) {
    path.handlers.push_back(
        {.operation = Operation::patch,
         .effect = Writes{[&parts](const Call& call, storage::WriteView& all) { return patch_policy(parts, call, all); }},
         .summary = "Change parts of an existing policy."});
  }
  path.synopsis = "Read, Modify, or Delete an access control policy.";
  path.description = "Read the rules of an existing policy, create or update the rules of a policy, or delete a policy.";
  return path;
}

Path detailed_path(Core::Parts& parts, std::string pattern) {
  Path path;
  path.pattern = std::move(pattern);
  if (path.pattern.find('{') != std::string::npos) path.fields = {{.name = "name", .description = "A prefix of names."}};
  path.handlers = {{.operation = Operation::list,
                    .effect = Reads{[&parts](const Call& call, const storage::ReadView& all) { return list_detailed(parts, call, all); }},
                    .summary = "List the access control policies with what they say."}};
  path.synopsis = "List the access control policies with what they say.";
  return path;
}

}  // namespace

Paths policy_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(list_path(parts, "policy/?", Form::policy));
  paths.push_back(entry_path(parts, "policy/{name:any}", Form::policy));
  paths.push_back(list_path(parts, "policies/acl/?", Form::policies_acl));
  paths.push_back(entry_path(parts, "policies/acl/{name:any}", Form::policies_acl));
  paths.push_back(detailed_path(parts, "policies/detailed/acl/?"));
  paths.push_back(detailed_path(parts, "policies/detailed/acl/{name:any}"));
  return paths;
}

}  // namespace bao::core::sys
