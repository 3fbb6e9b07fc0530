// role and role/:name: all of a role at once.
#include "internal/auth/approle/paths.h"
#include "internal/auth/approle/secret_id.h"
#include "internal/base/letters.h"
#include "internal/base/time_format.h"
#include "internal/crypto/hash.h"
#include "internal/logical/policy_names.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::approle {
namespace {

using base::Duration;
using base::Status;
using codec::Json;
using logical::Call;
using logical::Fields;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

Reply read(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  if (!role) return Response::none();
  Json data = Json::object();
  role->token.show(data);
  data.set("bind_secret_id", role->bind_secret_id);
  data.set("secret_id_bound_cidrs", role->secret_id_bound_cidrs ? Json::strings(*role->secret_id_bound_cidrs) : Json());
  data.set("secret_id_num_uses", role->secret_id_num_uses);
  data.set("secret_id_ttl", base::whole_seconds(role->secret_id_ttl));
  data.set("local_secret_ids", role->secret_id_prefix == kLocalSecretIdPrefix);
  if (role->period.count() != 0) data.set("period", base::whole_seconds(role->period));
  if (!role->policies.empty()) data.set("policies", Json::strings(role->policies));
  Response response = Response::of(std::move(data));
  if (!role->is_constrained()) {
    response.warnings.emplace_back("Role does not have any constraints set on it. Updates to this role will require a constraint to be set");
  }
  return response;
}

Role new_role(const Call& call) {
  Role role;
  role.name = base::lower_case(call.fields.string("role_name"));
  role.hmac_key = crypto::random_uuid();
  role.role_id = crypto::random_uuid();
  role.lower_case_name = true;
  role.bind_secret_id = true;
  return role;
}

Status read_limits(const Fields& fields, Role& role) {
  if (fields.has("bind_secret_id")) role.bind_secret_id = fields.boolean("bind_secret_id");
  for (const char* name : {"bound_cidr_list", "secret_id_bound_cidrs"}) {
    if (fields.has(name)) role.secret_id_bound_cidrs = fields.strings(name);
  }
  TRY(check_bound_blocks(role.bound_cidrs()));
  if (fields.has("secret_id_num_uses")) role.secret_id_num_uses = fields.integer("secret_id_num_uses");
  if (role.secret_id_num_uses < 0) return base::invalid("secret_id_num_uses cannot be negative");
  if (fields.has("secret_id_ttl")) role.secret_id_ttl = fields.duration("secret_id_ttl");
  return {};
}

Status read_identity(const Call& call, bool creates, Role& role) {
  if (call.fields.has("local_secret_ids")) {
    if (!creates) return base::invalid("local_secret_ids can only be modified during role creation");
    if (call.fields.boolean("local_secret_ids")) role.secret_id_prefix = kLocalSecretIdPrefix;
  }
  if (call.fields.has("role_id")) role.role_id = call.fields.string("role_id");
  if (role.role_id.empty()) return base::invalid("invalid role_id supplied, or failed to generate a role_id");
  return {};
}

void read_older_names(const Fields& fields, Role& role) {
  logical::read_older_name(fields, "policies", "token_policies", logical::sanitize_policies(fields.strings("policies"), false),
                           role.policies, role.token.policies);
  logical::read_older_name(fields, "period", "token_period", fields.duration("period"), role.period, role.token.period);
}

void warn_of_token_type(const Fields& fields, Response& response) {
  const std::string type = fields.has("token_type") ? fields.string("token_type") : "";
  if (type != "default-service" && type != "default-batch") return;
  response.warnings.push_back(type + " has no useful meaning; adjusting to " + type.substr(8));
}

Reply write(Duration max_lease_ttl, const Call& call, storage::WriteView& view) {
  if (call.fields.string("role_name").size() > kMacInputMax) {
    return base::invalid("role_name is longer than maximum of " + std::to_string(kMacInputMax) + " bytes");
  }
  ASSIGN_OR_RETURN(auto found, role_of(call, view));
  const bool creates = !found;
  Role role = found ? std::move(*found) : new_role(call);
  const std::string previous_role_id = creates ? "" : role.role_id;
  Response response;
  warn_of_token_type(call.fields, response);
  TRY(role.token.read(call.fields, logical::TokenParams::DefaultKinds::adjusted));
  TRY(read_identity(call, creates, role));
  TRY(read_limits(call.fields, role));
  read_older_names(call.fields, role);
  if (role.period > max_lease_ttl) return period_too_long(role.period, max_lease_ttl);
  if (role.token.max_ttl > max_lease_ttl) {
    response.warnings.emplace_back(
        "token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' max TTL value will be truncated");
  }
  TRY(put_role(view, role, previous_role_id));
  return response;
}

Reply remove(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  if (!role) return Response::none();
  ASSIGN_OR_RETURN(const std::string folder, folder_of(*role));
  ASSIGN_OR_RETURN(const auto macs, view.list(folder, "", -1));
  for (const std::string& mac : macs) {
    ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, folder + mac));
    if (secret) TRY(remove_secret_id(view, role->secret_id_prefix, folder + mac, *secret));
  }
  TRY(remove_role(view, *role));
  return Response::none();
}

base::Result<bool> exists(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  return role.has_value();
}

Reply list(const Call& call, const storage::ReadView& view) {
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(const auto names, view.list(kRolePrefix, call.fields.string("after"), limit > 0 ? limit : -1));
  return Response::keys(names);
}

std::vector<logical::Field> role_fields() {
  std::vector<logical::Field> fields = {
      role_name_field(),
      {.name = "bind_secret_id", .type = FieldType::boolean, .description = "Whether a login needs a secret id.", .default_value = true},
      logical::deprecated_field("bound_cidr_list", FieldType::comma_list, "secret_id_bound_cidrs"),
      {.name = "secret_id_bound_cidrs", .type = FieldType::comma_list, .description = "Blocks of addresses from which the role may log in."},
      logical::deprecated_field("policies", FieldType::comma_list, "token_policies"),
      {.name = "secret_id_num_uses", .type = FieldType::integer, .description = "How often a secret id may log in; 0: without limit."},
      {.name = "secret_id_ttl", .type = FieldType::duration, .description = "How long a secret id may log in; 0: for ever."},
      logical::deprecated_field("period", FieldType::duration, "token_period"),
      text_field("role_id", "Identifier of the role. The default is a UUID."),
      {.name = "local_secret_ids", .type = FieldType::boolean, .description = "Whether secret ids are local to the cluster; set when the role is made."}};
  for (logical::Field& shared : logical::token_fields()) fields.push_back(std::move(shared));
  return fields;
}

}  // namespace

logical::Field text_field(const char* name, const char* description) { return {.name = name, .description = description}; }
logical::Field role_name_field() { return text_field("role_name", "Name of the role, in whatever case."); }
std::vector<logical::Field> paging_fields() {
  return {{.name = "after", .description = "The entry after which the list begins.", .query = true},
          {.name = "limit", .type = FieldType::integer, .description = "How many entries; 0: all.", .query = true}};
}

base::Result<std::optional<Role>> role_of(const Call& call, const storage::ReadView& view) {
  return find_role(view, call.fields.string("role_name"));
}

base::Error no_such_role(const Call& call) { return failure("role \"" + call.fields.string("role_name") + "\" does not exist"); }

base::Error period_too_long(Duration period, Duration max_lease_ttl) {
  return base::invalid("period of \"" + base::format_go_duration(period) + "\" is greater than the backend's maximum lease TTL of \"" +
                       base::format_go_duration(max_lease_ttl) + "\"");
}

Status check_bound_blocks(const std::vector<std::string>& blocks, std::string_view what) {
  const Status checked = net::check_blocks(blocks);
  return checked.ok() ? checked : Status(failure("failed to validate " + std::string(what) + " blocks: " + checked.error().message()));
}

Paths role_paths(Duration max_lease_ttl) {
  Path role;
  role.pattern = "role/{role_name}";
  role.fields = role_fields();
  const auto run = [max_lease_ttl](const Call& call, storage::WriteView& view) { return write(max_lease_ttl, call, view); };
  role.handlers = {{Operation::read, logical::Reads{read}, "Read a role."},
                   {Operation::create, logical::Writes{run}, "Make a role."},
                   {Operation::update, logical::Writes{run}, "Change a role."},
                   {Operation::remove, logical::Writes{remove}, "Remove a role with its secret ids."}};
  role.exists = exists;
  role.synopsis = "A role: what its logins need and what their tokens are given.";
  Path names;
  names.pattern = "role/?";
  names.fields = paging_fields();
  names.handlers = {{Operation::list, logical::Reads{list}, "List the roles."}};
  names.synopsis = "The names of all roles.";
  Paths paths;
  paths.push_back(std::move(role));
  paths.push_back(std::move(names));
  return paths;
}

}  // namespace bao::auth::approle
