#include "internal/auth/userpass/login.h"

#include "internal/auth/userpass/user.h"
#include "internal/crypto/bcrypt.h"
#include "internal/logical/policy_names.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::userpass {

using codec::Json;
using logical::Auth;
using logical::Call;
using logical::Reply;
using logical::Response;

Reply login(const Call& call, const storage::ReadView& view) {
  const std::string name = normal_name(call.fields.string("username"));
  const std::string password = call.fields.string("password");
  if (password.empty()) return base::internal("missing password");
  ASSIGN_OR_RETURN(const auto user, find_user(view, name));
  const bool has_password = user && !user->password_hash.empty();
  ASSIGN_OR_RETURN(const bool right, crypto::bcrypt_matches(has_password ? user->password_hash : crypto::bcrypt_of_nobody(), password));
  if (!has_password || !right) return base::invalid(kRefusal);
  const std::string& address = call.request.connection.remote_address;
  if (!user->token.bound_cidrs.empty() && !net::address_is_bound(address, user->token.bound_cidrs)) return base::denied();
  Response response;
  Auth& auth = response.auth.emplace();
  user->token.apply(auth, address);
  auth.metadata.emplace().emplace("username", name);
  auth.display_name = auth.alias_name = name;
  return response;
}

Reply renew(const Call& call, const storage::ReadView& view) {
  const Json& given = call.request.data["auth"];
  ASSIGN_OR_RETURN(const auto user, find_user(view, given["metadata"]["username"].as_string()));
  if (!user) return Response::none();
  const auto normal = [](std::vector<std::string> names) { return logical::sanitize_policies(std::move(names), true); };
  if (normal(user->token.policies) != normal(logical::strings_of(given["token_policies"]))) {
    return base::internal("policies have changed, not renewing");
  }
  Response response;
  Auth& auth = response.auth.emplace();
  auth.period = user->token.period;
  auth.ttl = user->token.ttl;
  auth.max_ttl = user->token.max_ttl;
  return response;
}

}  // namespace bao::auth::userpass
