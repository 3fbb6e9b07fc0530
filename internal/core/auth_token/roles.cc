// auth/token/roles/.
#include "internal/core/auth_token/handlers.h"
#include "internal/logical/policy_names.h"
#include "internal/net/bound_addresses.h"

namespace bao::core::auth_token {
namespace {

using logical::sanitize_policies;
using logical::unique_lower;

using base::Duration;
using base::Result;
using base::Status;
using logical::Call;

// What the reference's regular expression \w[\w-.]+\w finds anywhere in the text: three such characters in a row.
bool has_suffix_form(std::string_view text) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (size_t from = 0; from < text.size(); ++from) {
    if (!word(text[from])) continue;
    for (size_t at = from + 1; at < text.size() && (word(text[at]) || text[at] == '-' || text[at] == '.'); ++at) {
      if (at >= from + 2 && word(text[at])) return true;
    }
  }
  return false;
}

void set_names(const Call& call, std::string_view field, bool fresh, bool policies, std::vector<std::string>& out) {
  if (!call.fields.has(field) && !fresh) return;
  auto names = call.fields.strings(field);
  out = policies ? sanitize_policies(std::move(names), false) : unique_lower(std::move(names));
}

Status set_own_fields(const Call& call, bool fresh, Role& role) {
  const auto& fields = call.fields;
  if (fields.has("orphan") || fresh) role.orphan = fields.boolean("orphan");
  if (fields.has("renewable") || fresh) role.renewable = fields.boolean("renewable");
  if (fields.has("path_suffix")) {
    const std::string suffix = fields.string("path_suffix");
    if (!suffix.empty() && !has_suffix_form(suffix)) {
      return base::invalid("given role path suffix contains invalid characters; must match \\w[\\w-.]+\\w");
    }
    role.path_suffix = suffix;
  }
  if (role.path_suffix.find("..") != std::string::npos) {
    return base::invalid("error registering path suffix: path cannot contain parent references");
  }
  set_names(call, "allowed_policies", fresh, true, role.allowed_policies);
  set_names(call, "disallowed_policies", fresh, false, role.disallowed_policies);
  set_names(call, "allowed_policies_glob", fresh, true, role.allowed_policies_glob);
  set_names(call, "disallowed_policies_glob", fresh, false, role.disallowed_policies_glob);
  return {};
}

Result<std::vector<std::string>> cidrs_of(const Call& call, std::string_view field, std::string_view context) {
  auto parsed = net::parse_cidrs(call.fields.strings(field));
  if (!parsed.ok()) return base::invalid(std::string(context) + ": " + parsed.error().message());
  return parsed;
}

Status set_token_fields(const Call& call, Role& role) {
  const auto& fields = call.fields;
  constexpr std::string_view kContext = "error parsing role fields";
  if (fields.has("token_bound_cidrs")) {
    ASSIGN_OR_RETURN(role.token_bound_cidrs, cidrs_of(call, "token_bound_cidrs", kContext));
  }
  if (fields.has("token_explicit_max_ttl")) role.token_explicit_max_ttl = fields.duration("token_explicit_max_ttl");
  if (fields.has("token_no_default_policy")) role.token_no_default_policy = fields.boolean("token_no_default_policy");
  if (fields.has("token_period")) role.token_period = fields.duration("token_period");
  if (fields.has("token_num_uses")) role.token_num_uses = fields.integer("token_num_uses");
  if (role.token_num_uses < 0) return base::invalid("error parsing role fields: 'token_num_uses' cannot be negative");
  return {};
}

Status set_token_type(const Call& call, Role& role) {
  const codec::Json* given = call.request.data.find("token_type");
  if (given == nullptr) return {};
  if (given->is_null()) return base::invalid("Invalid 'token_type' value: null");
  const std::string type = call.fields.string("token_type");
  for (const auto known : {RoleTokenType::service, RoleTokenType::batch, RoleTokenType::default_service, RoleTokenType::default_batch}) {
    if (type != name_of(known)) continue;
    role.token_type = known;
    return {};
  }
  return base::invalid("invalid 'token_type' value \"" + type + "\"");
}

void set_older_duration(const Call& call, const std::string& older, Duration& shown, Duration& counts,
                        std::vector<std::string>& warnings) {
  const std::string newer = "token_" + older;
  const bool both = call.fields.has(newer) && call.fields.has(older);
  if (both) warnings.push_back("Both '" + newer + "' and deprecated '" + older + "' value supplied, ignoring the deprecated value");
  if (call.fields.has(newer)) {
    shown = Duration(0);
  } else if (call.fields.has(older)) {
    shown = counts = call.fields.duration(older);
  }
}

Status set_older_fields(const Call& call, Role& role, std::vector<std::string>& warnings) {
  set_older_duration(call, "period", role.period, role.token_period, warnings);
  if (call.fields.has("token_bound_cidrs")) {
    if (call.fields.has("bound_cidrs")) {
      warnings.emplace_back("Both 'token_bound_cidrs' and deprecated 'bound_cidrs' value supplied, ignoring the deprecated value");
    }
    role.bound_cidrs.clear();
  } else if (call.fields.has("bound_cidrs")) {
    ASSIGN_OR_RETURN(role.bound_cidrs, cidrs_of(call, "bound_cidrs", "error parsing bound_cidrs"));
    role.token_bound_cidrs = role.bound_cidrs;
  }
  set_older_duration(call, "explicit_max_ttl", role.explicit_max_ttl, role.token_explicit_max_ttl, warnings);
  return {};
}

Status check_batch(const Role& role) {
  if (role.token_type != RoleTokenType::batch) return {};
  const auto refuse = [](std::string_view what) {
    return base::invalid("'token_type' cannot be 'batch' when role is set to generate " + std::string(what));
  };
  if (!role.orphan) return refuse("non-orphan tokens");
  if (role.period.count() != 0 || role.token_period.count() != 0) return refuse("periodic tokens");
  if (role.renewable) return refuse("renewable tokens");
  if (role.explicit_max_ttl.count() != 0 || role.token_explicit_max_ttl.count() != 0) {
    return refuse("tokens with an explicit max TTL");
  }
  return {};
}

// The reference compares the older value when the newer one isn't part of the request.
void warn_of_maximum(const Call& call, const Role& role, Duration mount_max, std::vector<std::string>& warnings) {
  const Duration value = call.fields.has("token_explicit_max_ttl") ? role.token_explicit_max_ttl : role.explicit_max_ttl;
  if (value.count() == 0 || mount_max.count() == 0 || value <= mount_max) return;
  warnings.push_back("Given explicit max TTL of " + std::to_string(base::whole_seconds(value)) +
                     " is greater than system/mount allowed value of " + std::to_string(base::whole_seconds(mount_max)) +
                     " seconds; until this is fixed attempting to create tokens against this role will result in an error");
}

}  // namespace

logical::Reply Handlers::list_roles(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto names, all.list(call.request.ns->storage_prefix + std::string(kRolePrefix)));
  return logical::Response::keys(names);
}

Result<bool> Handlers::role_exists(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto role, find_role(all, call.fields.string("role_name")));
  return role.has_value();
}

logical::Reply Handlers::read_role(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto role, find_role(all, call.fields.string("role_name")));
  if (!role) return logical::nothing();
  return logical::Response::of(show_role(*role));
}

logical::Reply Handlers::remove_role(const Call& call, storage::WriteView& all) const {
  TRY(all.remove(std::string(kRolePrefix) + call.fields.string("role_name")));
  return logical::Response::none();
}

logical::Reply Handlers::write_role(const Call& call, storage::WriteView& all) const {
  const std::string name = call.fields.string("role_name");
  ASSIGN_OR_RETURN(auto found, find_role(all, name));
  const bool fresh = !found;
  Role role = fresh ? Role() : std::move(*found);
  if (fresh) role.name = name;
  logical::Response response;
  TRY(set_own_fields(call, fresh, role));
  TRY(set_token_fields(call, role));
  TRY(set_token_type(call, role));
  TRY(set_older_fields(call, role, response.warnings));
  warn_of_maximum(call, role, limits_.max_lease_ttl, response.warnings);
  TRY(check_batch(role));
  if (call.fields.has("allowed_entity_aliases")) {
    role.allowed_entity_aliases = unique_lower(call.fields.strings("allowed_entity_aliases"));
  }
  TRY(all.put(std::string(kRolePrefix) + name, serialize_role(role)));
  return response;
}

}  // namespace bao::core::auth_token
