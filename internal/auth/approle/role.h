// Roles as OpenBao stores them (openbao-storage.md 8.4): role/<lower-case name>, found by role_id/<salted role id> too. Plain value;
// members that we don't know survive.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/logical/token_params.h"
#include "internal/storage/view.h"

namespace bao::auth::approle {

inline constexpr std::string_view kRolePrefix = "role/";
inline constexpr std::string_view kSecretIdPrefix = "secret_id/", kLocalSecretIdPrefix = "secret_id_local/";

struct Role {
  logical::TokenParams token;
  std::string name;      // not stored; as its secret ids are filed under
  std::string role_id;
  std::string hmac_key;  // a secret
  std::vector<std::string> policies;  // by the older name, beside token.policies
  int64_t secret_id_num_uses = 0;
  base::Duration secret_id_ttl{0};
  bool bind_secret_id = false;
  std::optional<std::vector<std::string>> secret_id_bound_cidrs;  // nothing: null, as Go writes it
  base::Duration period{0};           // by the older name
  bool lower_case_name = false;
  std::string secret_id_prefix{kSecretIdPrefix};
  codec::Json unknown = codec::Json::object();

  // Something must keep strangers out.
  bool is_constrained() const {
    return bind_secret_id || (secret_id_bound_cidrs && !secret_id_bound_cidrs->empty()) || !token.bound_cidrs.empty();
  }
  std::vector<std::string> bound_cidrs() const { return secret_id_bound_cidrs.value_or(std::vector<std::string>()); }
};

base::Result<Role> parse_role(std::string_view stored, std::string_view name);
std::string serialize_role(const Role& role);

base::Result<std::optional<Role>> find_role(const storage::ReadView& view, std::string_view name);
base::Result<std::optional<Role>> find_role_by_id(const storage::ReadView& view, std::string_view role_id);
// With its index; that of `previous_role_id`, where it is another one, goes. Errors as the reference words them: nothing keeps
// strangers out, the role id is another role's.
base::Status put_role(storage::WriteView& view, const Role& role, std::string_view previous_role_id);
// The role and its index, not its secret ids.
base::Status remove_role(storage::WriteView& view, const Role& role);

// Written when the mount is made; what role ids and accessors are filed under.
base::Status write_salt(storage::WriteView& view);
base::Result<std::string> salted(const storage::ReadView& view, std::string_view id);

// An error as a handler of the reference returns it instead of answering with a text: 500.
base::Error failure(const base::Words& words);

}  // namespace bao::auth::approle
