// login: a role id, and with most roles a secret id. It writes nothing unless the secret id counts its uses; then the use is taken in
// the transaction that files the token.
#include "internal/auth/approle/approle.h"
#include "internal/auth/approle/paths.h"
#include "internal/auth/approle/secret_id.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::approle {
namespace {

using base::Result;
using base::Status;
using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;
using logical::Where;

std::string trimmed(const std::string& text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t from = text.find_first_not_of(kSpace);
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

// Who logs in, and by what.
struct Credentials {
  Role role;
  std::string key;                 // where the secret id lies; "" where the role needs none
  std::optional<SecretId> secret;  // likewise
};

base::Error refused() { return base::invalid(kRefusal); }

// The secret id, if it is one that may be used: known, listed by its accessor, and not past its time.
Status find_secret(const Call& call, const storage::ReadView& view, Credentials& found) {
  const std::string text = trimmed(call.fields.string("secret_id"));
  if (text.empty()) return base::invalid("missing secret_id");
  const auto mac = mac_of(found.role, text);
  if (!mac.ok()) return mac.error().code() == base::Code::invalid ? refused() : mac.error();
  ASSIGN_OR_RETURN(const std::string folder, folder_of(found.role));
  found.key = folder + *mac;
  ASSIGN_OR_RETURN(found.secret, find_secret_id(view, found.key));
  if (!found.secret || found.secret->expired(call.now)) return refused();
  ASSIGN_OR_RETURN(const std::string listed, mac_of_accessor(view, found.role.secret_id_prefix, found.secret->accessor));
  return listed.empty() ? Status(refused()) : Status();
}

Result<Credentials> find_credentials(const Call& call, const storage::ReadView& view) {
  const std::string role_id = trimmed(call.fields.string("role_id"));
  if (role_id.empty()) return base::invalid("missing role_id");
  ASSIGN_OR_RETURN(auto role, find_role_by_id(view, role_id));
  if (!role) return refused();
  Credentials found{std::move(*role), "", std::nullopt};
  if (found.role.bind_secret_id) TRY(find_secret(call, view, found));
  return found;
}

Status check_address(const Call& call, const Credentials& found) {
  const std::string& address = call.request.connection.remote_address;
  const std::string context = "source address \"" + address + "\" unauthorized by CIDR restrictions on the ";
  if (found.secret && !found.secret->cidr_list.empty()) {
    TRY(check_subset(found.secret->cidr_list, found.role.bound_cidrs()));
    if (!net::address_is_bound(address, found.secret->cidr_list)) return base::invalid(context + "secret ID");
  }
  const auto blocks = found.role.bound_cidrs();
  if (!blocks.empty() && !net::address_is_bound(address, blocks)) return base::invalid(context + "role");
  return {};
}

Response answer(const Call& call, const Credentials& found) {
  Response response;
  logical::Auth& auth = response.auth.emplace();
  found.role.token.apply(auth, call.request.connection.remote_address);
  if (found.secret && !found.secret->token_bound_cidrs.empty()) {
    const auto bound = net::parse_cidrs(found.secret->token_bound_cidrs);
    auth.bound_cidrs = bound.ok() ? *bound : found.secret->token_bound_cidrs;
  }
  auth.metadata = found.secret ? found.secret->metadata : std::map<std::string, std::string>();
  (*auth.metadata)["role_name"] = found.role.name;
  auth.internal_data.set("role_name", found.role.name);
  auth.alias_name = found.role.role_id;
  return response;
}

Result<Where> plan(const Call& call, const storage::ReadView& view) {
  const auto found = find_credentials(call, view);
  return found.ok() && found->secret && found->secret->num_uses > 0 ? Where::active : Where::local;
}

Reply log_in(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const Credentials found, find_credentials(call, view));
  if (found.secret && found.secret->num_uses > 0) return base::Error(base::Code::needs_active, "the secret id counts its uses");
  TRY(check_address(call, found));
  return answer(call, found);
}

Reply log_in_counted(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(Credentials found, find_credentials(call, view));
  TRY(check_address(call, found));
  Response response = answer(call, found);
  if (!found.secret || found.secret->num_uses <= 0) return response;
  if (found.secret->num_uses == 1) {
    TRY(remove_secret_id(view, found.role.secret_id_prefix, found.key, *found.secret));
    return response;
  }
  --found.secret->num_uses;
  found.secret->last_updated_time = call.now;
  TRY(view.put(found.key, serialize_secret_id(*found.secret)));
  return response;
}

}  // namespace

Reply renew(const Call& call, const storage::ReadView& view) {
  const std::string name = call.request.data["auth"]["internal_data"]["role_name"].as_string();
  if (name.empty()) return base::internal("failed to fetch role_name during renewal");
  ASSIGN_OR_RETURN(const auto role, find_role(view, name));
  if (!role) return base::internal("role \"" + name + "\" does not exist during renewal");
  Response response;
  logical::Auth& auth = response.auth.emplace();
  auth.ttl = role->token.ttl;
  auth.max_ttl = role->token.max_ttl;
  auth.period = role->token.period;
  return response;
}

Path login_path() {
  Path path;
  path.pattern = "login";
  path.fields = {text_field("role_id", "Identifier of the role."), text_field("secret_id", "A secret id of the role.")};
  path.handlers = {{.operation = Operation::update, .effect = logical::ReadsUnless{plan, log_in, log_in_counted}, .summary = "Log in.",
                    .is_login = true}};
  path.access = logical::Access::unauthenticated;
  path.synopsis = "Log in with a role id and a secret id.";
  return path;
}

}  // namespace bao::auth::approle

namespace bao::auth {

base::Result<std::optional<std::string>> approle_role_of(const codec::Json& login, const storage::ReadView& view) {
  const std::string role_id = login.is_object() ? approle::trimmed(login["role_id"].as_string()) : "";
  if (role_id.empty()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const auto role, approle::find_role_by_id(view, role_id));
  return role ? std::optional(role->name) : std::nullopt;
}

}  // namespace bao::auth
