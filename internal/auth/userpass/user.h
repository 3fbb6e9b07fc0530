// A user as OpenBao stores it (openbao-storage.md 8.4): user/<lower-case name>. Plain value; members that we don't know survive.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/logical/token_params.h"
#include "internal/storage/view.h"

namespace bao::auth::userpass {

struct User {
  logical::TokenParams token;
  std::string password_hash;  // bcrypt
  // As given by their older names, beside what counts in `token`.
  std::vector<std::string> policies, bound_cidrs;
  base::Duration ttl{0}, max_ttl{0};
  codec::Json unknown = codec::Json::object();
};

base::Result<User> parse_user(std::string_view stored);
std::string serialize_user(const User& user);

// Names are the same in whatever case.
std::string normal_name(std::string_view name);
base::Result<std::optional<User>> find_user(const storage::ReadView& view, std::string_view name);
base::Status put_user(storage::WriteView& view, std::string_view name, const User& user);
inline constexpr std::string_view kUserPrefix = "user/";

}  // namespace bao::auth::userpass
