#include "internal/auth/userpass/users.h"

#include "internal/auth/userpass/password.h"
#include "internal/auth/userpass/user.h"
#include "internal/base/time_format.h"
#include "internal/logical/policy_names.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::userpass {
namespace {

using codec::Json;
using logical::Call;
using logical::Field;
using logical::Fields;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;
using logical::Where;

std::string name_of(const Call& call) { return normal_name(call.fields.string("username")); }
base::Error no_such_user() { return base::internal(logical::multierror("username does not exist")); }

Reply read(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto user, find_user(view, name_of(call)));
  if (!user) return Response::none();
  Json data = Json::object();
  user->token.show(data);
  if (user->ttl.count() > 0) data.set("ttl", base::whole_seconds(user->ttl));
  if (user->max_ttl.count() > 0) data.set("max_ttl", base::whole_seconds(user->max_ttl));
  if (!user->policies.empty()) data.set("policies", data["token_policies"]);
  if (!user->bound_cidrs.empty()) data.set("bound_cidrs", Json::strings(user->bound_cidrs));
  return Response::of(std::move(data));
}

base::Status read_older_names(const Fields& fields, User& user) {
  using logical::read_older_name;
  read_older_name(fields, "policies", "token_policies", logical::sanitize_policies(fields.strings("policies"), false), user.policies,
                  user.token.policies);
  read_older_name(fields, "ttl", "token_ttl", fields.duration("ttl"), user.ttl, user.token.ttl);
  read_older_name(fields, "max_ttl", "token_max_ttl", fields.duration("max_ttl"), user.max_ttl, user.token.max_ttl);
  ASSIGN_OR_RETURN(auto cidrs, net::parse_cidrs(fields.strings("bound_cidrs")));
  read_older_name(fields, "bound_cidrs", "token_bound_cidrs", std::move(cidrs), user.bound_cidrs, user.token.bound_cidrs);
  return {};
}

bool sets_password(const Call& call) {
  return call.request.operation == Operation::create || !call.fields.string("password").empty() ||
         !call.fields.string("password_hash").empty();
}

base::Result<Where> plan_user(const Call& call, const storage::ReadView&) {
  if (sets_password(call)) TRY(hash_to_keep(call));
  return Where::active;
}

Reply write(const Call& call, storage::WriteView& view) {
  if (call.request.operation == Operation::create) TRY(check_password_fields(call));
  ASSIGN_OR_RETURN(auto found, find_user(view, name_of(call)));
  User user = found ? std::move(*found) : User();
  TRY(user.token.read(call.fields));
  if (sets_password(call)) {
    ASSIGN_OR_RETURN(user.password_hash, hash_to_keep(call));
  }
  TRY(read_older_names(call.fields, user));
  TRY(put_user(view, name_of(call), user));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& view) {
  TRY(view.remove(std::string(kUserPrefix) + name_of(call)));
  return Response::none();
}

base::Result<bool> exists(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto user, find_user(view, name_of(call)));
  return user.has_value();
}

Reply list(const Call& call, const storage::ReadView& view) {
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(const auto names, view.list(kUserPrefix, call.fields.string("after"), limit > 0 ? limit : -1));
  return Response::keys(names);
}

Reply write_password(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(auto user, find_user(view, name_of(call)));
  if (!user) return no_such_user();
  ASSIGN_OR_RETURN(user->password_hash, hash_to_keep(call));
  TRY(put_user(view, name_of(call), *user));
  return Response::none();
}

// Nothing is hashed for a name that nobody has.
base::Result<Where> plan_password(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const bool there, exists(call, view));
  if (there) TRY(hash_to_keep(call));
  return Where::active;
}

Reply write_policies(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(auto user, find_user(view, name_of(call)));
  if (!user) return no_such_user();
  const auto parsed = [&](const char* name) { return logical::sanitize_policies(call.fields.strings(name), false); };
  if (call.fields.has("token_policies")) user->token.policies = parsed("token_policies");
  logical::read_older_name(call.fields, "policies", "token_policies", parsed("policies"), user->policies, user->token.policies);
  TRY(put_user(view, name_of(call), *user));
  return Response::none();
}

Reply not_here(const Call&, const storage::ReadView&) { return base::Error(base::Code::needs_active, "a write"); }

Field field(const char* name, const char* description, FieldType type = FieldType::string) {
  return {.name = name, .type = type, .description = description};
}
Field username_field() { return field("username", "Name of the user, in whatever case."); }
std::vector<Field> password_fields() {
  return {username_field(), field("password", "Password of the user."),
          field("password_hash", "A bcrypt hash of the password, in place of it.")};
}

}  // namespace

Path users_path() {
  Path path;
  path.pattern = "users/{username}";
  path.fields = password_fields();
  path.fields.push_back(logical::deprecated_field("policies", FieldType::comma_list, "token_policies"));
  path.fields.push_back(logical::deprecated_field("ttl", FieldType::duration, "token_ttl"));
  path.fields.push_back(logical::deprecated_field("max_ttl", FieldType::duration, "token_max_ttl"));
  path.fields.push_back(logical::deprecated_field("bound_cidrs", FieldType::comma_list, "token_bound_cidrs"));
  for (Field& shared : logical::token_fields()) path.fields.push_back(std::move(shared));
  const logical::ReadsUnless writes{plan_user, not_here, write};
  path.handlers = {{Operation::read, logical::Reads{read}, "Read a user, without the password."},
                   {Operation::create, writes, "Make a user."},
                   {Operation::update, writes, "Change a user."},
                   {Operation::remove, logical::Writes{remove}, "Remove a user."}};
  path.exists = exists;
  path.synopsis = "Users who may log in.";
  path.description = "Removing a user revokes none of the tokens that the user was given; they are not renewed any more.";
  return path;
}

Path list_path() {
  Path path;
  path.pattern = "users/?";
  path.fields = {{.name = "after", .description = "The name after which the list begins.", .query = true},
                 {.name = "limit", .type = FieldType::integer, .description = "How many names; 0: all.", .query = true}};
  path.handlers = {{Operation::list, logical::Reads{list}, "List the users."}};
  path.synopsis = "The names of all users.";
  return path;
}

Path password_path() {
  Path path;
  path.pattern = "users/{username}/password";
  path.fields = password_fields();
  path.handlers = {{Operation::update, logical::ReadsUnless{plan_password, not_here, write_password}, "Set the password."}};
  path.synopsis = "Set a user's password.";
  return path;
}

Path policies_path() {
  Path path;
  path.pattern = "users/{username}/policies";
  path.fields = {username_field(), logical::deprecated_field("policies", FieldType::comma_list, "token_policies"),
                 field("token_policies", "Policies of the user's tokens.", FieldType::comma_list)};
  path.handlers = {{Operation::update, logical::Writes{write_policies}, "Set the policies."}};
  path.synopsis = "Set a user's policies.";
  return path;
}

}  // namespace bao::auth::userpass
