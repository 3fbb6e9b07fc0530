#include "internal/core/auth_token/role.h"

namespace bao::core::auth_token {
namespace {

using base::Duration;
using base::Result;
using codec::Json;

void read(const Json& value, std::string& out) { out = value.as_string(); }
void read(const Json& value, bool& out) { out = value.as_bool(); }
void read(const Json& value, int64_t& out) {
  const auto number = value.as_int();
  out = number.ok() ? *number : 0;
}
void read(const Json& value, Duration& out) {
  int64_t nanos = 0;
  read(value, nanos);
  out = Duration(nanos);
}
void read(const Json& value, std::vector<std::string>& out) {
  out.clear();
  if (!value.is_array()) return;
  for (const Json& item : value.items()) out.push_back(item.as_string());
}
void read(const Json& value, std::optional<std::vector<std::string>>& out) {
  if (value.is_array()) read(value, out.emplace());
}
// Older releases wrote the name.
void read(const Json& value, RoleTokenType& out) {
  int64_t digit = 0;
  read(value, digit);
  if (value.is_string()) {
    for (int64_t i = 0; i <= 4; ++i) {
      if (name_of(static_cast<RoleTokenType>(i)) == value.as_string()) digit = i;
    }
  }
  out = digit >= 0 && digit <= 4 ? static_cast<RoleTokenType>(digit) : RoleTokenType::standard;
}

Json write(const std::string& value) { return value; }
Json write(bool value) { return value; }
Json write(int64_t value) { return value; }
Json write(Duration value) { return static_cast<int64_t>(value.count()); }
Json write(const std::vector<std::string>& value) { return Json::strings(value); }
Json write(const std::optional<std::vector<std::string>>& value) { return value ? Json::strings(*value) : Json(); }
Json write(RoleTokenType value) { return static_cast<int64_t>(value); }

// Members that a token role carries in common with other roles but does not use.
struct Unused {
  Duration token_max_ttl{0}, token_ttl{0};
  std::vector<std::string> token_policies;
  bool token_strictly_bind_ip = false;
};

// Calls visit(name, member) in the order in which OpenBao writes them.
template <typename AnyRole, typename AnyUnused, typename Visit>
void each_member(AnyRole& r, AnyUnused& u, Visit visit) {
  visit("token_bound_cidrs", r.token_bound_cidrs);
  visit("token_explicit_max_ttl", r.token_explicit_max_ttl);
  visit("token_max_ttl", u.token_max_ttl);
  visit("token_no_default_policy", r.token_no_default_policy);
  visit("token_num_uses", r.token_num_uses);
  visit("token_period", r.token_period);
  visit("token_policies", u.token_policies);
  visit("token_type", r.token_type);
  visit("token_ttl", u.token_ttl);
  visit("token_strictly_bind_ip", u.token_strictly_bind_ip);
  visit("name", r.name);
  visit("allowed_policies", r.allowed_policies);
  visit("disallowed_policies", r.disallowed_policies);
  visit("allowed_policies_glob", r.allowed_policies_glob);
  visit("disallowed_policies_glob", r.disallowed_policies_glob);
  visit("orphan", r.orphan);
  visit("period", r.period);
  visit("path_suffix", r.path_suffix);
  visit("renewable", r.renewable);
  visit("explicit_max_ttl", r.explicit_max_ttl);
  visit("bound_cidrs", r.bound_cidrs);
  visit("allowed_entity_aliases", r.allowed_entity_aliases);
}

// What older roles say in older members counts where the newer one is silent.
void take_older_members(Role& role) {
  if (role.token_type == RoleTokenType::standard) role.token_type = RoleTokenType::default_service;
  if (role.token_period.count() == 0) role.token_period = role.period;
  if (role.token_explicit_max_ttl.count() == 0) role.token_explicit_max_ttl = role.explicit_max_ttl;
  if (role.token_bound_cidrs.empty()) role.token_bound_cidrs = role.bound_cidrs;
}

}  // namespace

std::string_view name_of(RoleTokenType type) {
  constexpr std::string_view kNames[] = {"default", "service", "batch", "default-service", "default-batch"};
  return kNames[static_cast<size_t>(type)];
}

Result<Role> parse_role(std::string_view stored) {
  ASSIGN_OR_RETURN(Json document, codec::parse_json(stored));
  if (!document.is_object()) return base::corrupt("token role: not a JSON object");
  Role role;
  Unused unused;
  each_member(role, unused, [&](std::string_view name, auto& member) {
    if (const Json* value = document.find_ignoring_case(name); value != nullptr) read(*value, member);
    document.erase(name);
  });
  take_older_members(role);
  role.unknown = std::move(document);
  return role;
}

std::string serialize_role(const Role& role) {
  Json record = Json::record();
  const Unused unused;
  each_member(role, unused, [&](std::string_view name, const auto& member) { record.set(name, write(member)); });
  for (const auto& [name, value] : role.unknown.members()) record.set(name, value);
  return codec::write_json(record) + "\n";
}

Json show_role(const Role& role) {
  const auto seconds = [](Duration d) { return Json(static_cast<int64_t>(std::chrono::duration_cast<std::chrono::seconds>(d).count())); };
  Json data = Json::object();
  data.set("period", seconds(role.period));
  data.set("token_period", seconds(role.token_period));
  data.set("explicit_max_ttl", seconds(role.explicit_max_ttl));
  data.set("token_explicit_max_ttl", seconds(role.token_explicit_max_ttl));
  data.set("disallowed_policies", Json::strings(role.disallowed_policies));
  data.set("allowed_policies", Json::strings(role.allowed_policies));
  data.set("disallowed_policies_glob", Json::strings(role.disallowed_policies_glob));
  data.set("allowed_policies_glob", Json::strings(role.allowed_policies_glob));
  data.set("name", role.name);
  data.set("orphan", role.orphan);
  data.set("path_suffix", role.path_suffix);
  data.set("renewable", role.renewable);
  data.set("token_type", name_of(role.token_type));
  data.set("allowed_entity_aliases", write(role.allowed_entity_aliases));
  data.set("token_no_default_policy", role.token_no_default_policy);
  if (!role.token_bound_cidrs.empty()) data.set("token_bound_cidrs", Json::strings(role.token_bound_cidrs));
  if (!role.bound_cidrs.empty()) data.set("bound_cidrs", Json::strings(role.bound_cidrs));
  if (role.token_num_uses > 0) data.set("token_num_uses", role.token_num_uses);
  return data;
}

Result<std::optional<Role>> find_role(const storage::ReadView& all, std::string_view name) {
  ASSIGN_OR_RETURN(const auto stored, all.get(std::string(kRolePrefix) + std::string(name)));
  if (!stored) return std::optional<Role>();
  ASSIGN_OR_RETURN(Role role, parse_role(*stored));
  return std::optional<Role>(std::move(role));
}

}  // namespace bao::core::auth_token
