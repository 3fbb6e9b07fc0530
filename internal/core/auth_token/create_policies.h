// Which policies a new token gets: what is asked for, within what parent, role and sudo allow (openbao-api.md 3.1). Pure.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/core/auth_token/role.h"

namespace bao::core::auth_token {

struct PolicyWish {
  std::vector<std::string> asked;
  const std::vector<std::string>& parents;
  const Role* role = nullptr;
  bool sudo = false;
  bool no_default_policy = false;
};
// Sorted names. Errors: invalid, in the reference's words.
base::Result<std::vector<std::string>> grant_policies(const PolicyWish& wish);

}  // namespace bao::core::auth_token
