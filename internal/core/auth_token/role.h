// Token roles: what tokens made through auth/token/create/<role> are allowed and given (openbao-storage.md 3.5). Plain value;
// members that we don't know survive a rewrite.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::core::auth_token {

enum class RoleTokenType : uint8_t { standard = 0, service = 1, batch = 2, default_service = 3, default_batch = 4 };
std::string_view name_of(RoleTokenType type);

struct Role {
  std::string name;
  // What counts.
  std::vector<std::string> token_bound_cidrs;
  base::Duration token_explicit_max_ttl{0}, token_period{0};
  bool token_no_default_policy = false;
  int64_t token_num_uses = 0;
  RoleTokenType token_type = RoleTokenType::default_service;
  std::vector<std::string> allowed_policies, disallowed_policies, allowed_policies_glob, disallowed_policies_glob;
  std::optional<std::vector<std::string>> allowed_entity_aliases;
  bool orphan = false, renewable = false;
  std::string path_suffix;
  // Older spellings, shown as they were given.
  base::Duration period{0}, explicit_max_ttl{0};
  std::vector<std::string> bound_cidrs;
  codec::Json unknown = codec::Json::object();

  bool names_policies() const {
    return !allowed_policies.empty() || !disallowed_policies.empty() || !allowed_policies_glob.empty() ||
           !disallowed_policies_glob.empty();
  }
};

base::Result<Role> parse_role(std::string_view stored);
std::string serialize_role(const Role& role);
// As answers show it.
codec::Json show_role(const Role& role);

inline constexpr std::string_view kRolePrefix = "sys/token/roles/";
base::Result<std::optional<Role>> find_role(const storage::ReadView& all, std::string_view name);

}  // namespace bao::core::auth_token
