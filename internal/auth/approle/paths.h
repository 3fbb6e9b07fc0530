// The paths of AppRole, one file a group. Views are the mount's.
#pragma once

#include <vector>

#include "internal/auth/approle/role.h"
#include "internal/logical/path.h"

namespace bao::auth::approle {

inline constexpr char kRefusal[] = "invalid role or secret ID";

using Paths = std::vector<logical::Path>;
Paths role_paths(base::Duration max_lease_ttl);        // role_paths.cc: role, role/:name
Paths role_field_paths(base::Duration max_lease_ttl);  // role_fields.cc: role/:name/policies and its like
Paths secret_id_paths(base::Duration max_lease_ttl);   // secret_id_paths.cc: making secret ids, listing them
Paths secret_id_lookup_paths();                        // secret_id_lookup.cc: looking them up and destroying them
logical::Path login_path();                            // login.cc
// How long the token of a login goes on, as the role stands now.
logical::Reply renew(const logical::Call& call, const storage::ReadView& view);

logical::Field text_field(const char* name, const char* description);
logical::Field role_name_field();
std::vector<logical::Field> paging_fields();
base::Result<std::optional<Role>> role_of(const logical::Call& call, const storage::ReadView& view);
// What most secret-id paths answer where there is no such role: 500.
base::Error no_such_role(const logical::Call& call);
base::Error period_too_long(base::Duration period, base::Duration max_lease_ttl);
base::Status check_bound_blocks(const std::vector<std::string>& blocks, std::string_view what = "CIDR");
// Blocks of a secret id lie in those of its role, where both have some.
base::Status check_subset(const std::vector<std::string>& blocks, const std::vector<std::string>& of_role);

}  // namespace bao::auth::approle
