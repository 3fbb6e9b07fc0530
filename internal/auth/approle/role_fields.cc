// role/:name/policies and its like: one field of a role at a time, as a table.
#include "internal/auth/approle/paths.h"
#include "internal/base/time_format.h"
#include "internal/logical/policy_names.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::approle {
namespace {

using base::Duration;
using base::Status;
using codec::Json;
using logical::Call;
using logical::Field;
using logical::Fields;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

struct RoleField {
  const char* path;
  std::vector<Field> fields;
  std::function<void(const Role&, Json& data)> show;
  std::function<Status(const Fields&, Role&)> set{};  // none: it is only read
  std::function<void(Role&)> reset{};                 // none: it cannot be reset
  const char* warning = nullptr;                      // beside what is read
};

Status missing(std::string_view name) { return base::invalid("missing " + std::string(name)); }

Field field(const char* name, FieldType type) { return {.name = name, .type = type, .description = "The role's field of that name."}; }

// A duration or a number that is simply there.
template <typename Value, typename Get>
RoleField plain(const char* path, const char* name, FieldType type, Value Role::*member, Get get) {
  return {path, {field(name, type)},
          [=](const Role& role, Json& data) { data.set(name, get(role.*member)); },
          [=](const Fields& fields, Role& role) -> Status {
            if (!fields.has(name)) return missing(name);
            if constexpr (std::is_same_v<Value, Duration>) role.*member = fields.duration(name);
            if constexpr (std::is_same_v<Value, int64_t>) role.*member = fields.integer(name);
            if constexpr (std::is_same_v<Value, bool>) role.*member = fields.boolean(name);
            return {};
          },
          [=](Role& role) { role.*member = Value{}; }};
}

RoleField token_duration(const char* path, const char* name, Duration logical::TokenParams::*member, const char* refusal) {
  return {path, {field(name, FieldType::duration)},
          [=](const Role& role, Json& data) { data.set(name, base::whole_seconds(role.token.*member)); },
          [=](const Fields& fields, Role& role) -> Status {
            if (!fields.has(name)) return missing(name);
            role.token.*member = fields.duration(name);
            const bool fits = role.token.max_ttl.count() <= 0 || role.token.ttl <= role.token.max_ttl;
            return fits ? Status() : Status(base::invalid(refusal));
          },
          [=](Role& role) { role.token.*member = Duration(0); }};
}

RoleField policies_field() {
  const auto set = [](const Fields& fields, Role& role) -> Status {
    const auto parsed = [&](const char* name) { return logical::sanitize_policies(fields.strings(name), false); };
    if (!fields.has("token_policies") && !fields.has("policies")) return missing("token_policies");
    if (fields.has("token_policies")) role.token.policies = parsed("token_policies");
    logical::read_older_name(fields, "policies", "token_policies", parsed("policies"), role.policies, role.token.policies);
    return {};
  };
  return {"policies", {logical::deprecated_field("policies", FieldType::comma_list, "token_policies"), field("token_policies", FieldType::comma_list)},
          [](const Role& role, Json& data) {
            data.set("token_policies", Json::strings(role.token.policies));
            if (!role.policies.empty()) data.set("policies", Json::strings(role.policies));
          },
          set, [](Role& role) { role.policies = role.token.policies = {}; }};
}

RoleField period_field(Duration max_lease_ttl) {
  const auto set = [max_lease_ttl](const Fields& fields, Role& role) -> Status {
    if (!fields.has("token_period") && !fields.has("period")) return missing("period");
    if (fields.has("token_period")) role.token.period = fields.duration("token_period");
    logical::read_older_name(fields, "period", "token_period", fields.duration("period"), role.period, role.token.period);
    return role.token.period > max_lease_ttl ? Status(period_too_long(role.token.period, max_lease_ttl)) : Status();
  };
  return {"period", {logical::deprecated_field("period", FieldType::duration, "token_period"), field("token_period", FieldType::duration)},
          [](const Role& role, Json& data) {
            data.set("token_period", base::whole_seconds(role.token.period));
            if (role.period.count() > 0) data.set("period", base::whole_seconds(role.period));
          },
          set, [](Role& role) { role.period = role.token.period = Duration(0); }};
}

std::function<Status(const Fields&, Role&)> set_secret_id_blocks(const char* name) {
  return [name](const Fields& fields, Role& role) -> Status {
    if (!fields.has(name)) return {};
    const auto blocks = fields.strings(name);
    if (blocks.empty()) return missing("bound_cidr_list");
    const Status checked = net::check_blocks(blocks);
    if (!checked.ok()) return base::invalid("failed to validate CIDR blocks: " + checked.error().message());
    role.secret_id_bound_cidrs = blocks;
    return {};
  };
}

RoleField token_bound_cidrs_field() {
  const auto set = [](const Fields& fields, Role& role) -> Status {
    if (!fields.has("token_bound_cidrs")) return {};
    auto parsed = net::parse_cidrs(fields.strings("token_bound_cidrs"));
    if (!parsed.ok()) return base::invalid("failed to parse token_bound_cidrs: " + parsed.error().message());
    role.token.bound_cidrs = std::move(*parsed);
    return {};
  };
  return {"token-bound-cidrs", {field("token_bound_cidrs", FieldType::comma_list)},
          [](const Role& role, Json& data) {
            data.set("token_bound_cidrs", role.token.bound_cidrs.empty() ? Json() : Json::strings(role.token.bound_cidrs));
          },
          set, [](Role& role) { role.token.bound_cidrs.clear(); }};
}

RoleField role_id_field() {
  return {"role-id", {field("role_id", FieldType::string)}, [](const Role& role, Json& data) { data.set("role_id", role.role_id); },
          [](const Fields& fields, Role& role) -> Status {
            role.role_id = fields.string("role_id");
            return role.role_id.empty() ? missing("role_id") : Status();
          }};
}

RoleField num_uses_field() {
  RoleField made = plain("secret-id-num-uses", "secret_id_num_uses", FieldType::integer, &Role::secret_id_num_uses, [](int64_t n) { return Json(n); });
  made.set = [set = made.set](const Fields& fields, Role& role) -> Status {
    TRY(set(fields, role));
    return role.secret_id_num_uses < 0 ? Status(base::invalid("secret_id_num_uses cannot be negative")) : Status();
  };
  return made;
}

RoleField token_num_uses_field() {
  return {"token-num-uses", {field("token_num_uses", FieldType::integer)},
          [](const Role& role, Json& data) { data.set("token_num_uses", role.token.num_uses); },
          [](const Fields& fields, Role& role) -> Status {
            if (!fields.has("token_num_uses")) return missing("token_num_uses");
            role.token.num_uses = fields.integer("token_num_uses");
            return role.token.num_uses < 0 ? Status(base::invalid("'token_num_uses' cannot be negative")) : Status();
          },
          [](Role& role) { role.token.num_uses = 0; }};
}

std::vector<RoleField> role_fields(Duration max_lease_ttl) {
  RoleField bind = plain("bind-secret-id", "bind_secret_id", FieldType::boolean, &Role::bind_secret_id, [](bool b) { return Json(b); });
  bind.reset = [](Role& role) { role.bind_secret_id = true; };
  const auto blocks = [](const Role& role, Json& data) {
    data.set("secret_id_bound_cidrs", role.secret_id_bound_cidrs ? Json::strings(*role.secret_id_bound_cidrs) : Json());
  };
  const auto forget_blocks = [](Role& role) { role.secret_id_bound_cidrs.reset(); };
  std::vector<RoleField> out = {
      {"local-secret-ids", {}, [](const Role& role, Json& data) { data.set("local_secret_ids", role.secret_id_prefix == kLocalSecretIdPrefix); }},
      policies_field(),
      {"bound-cidr-list", {field("bound_cidr_list", FieldType::comma_list)},
       [](const Role&, Json& data) { data.set("bound_cidr_list", nullptr); }, set_secret_id_blocks("bound_cidr_list"), [](Role&) {},
       "The \"bound_cidr_list\" field is deprecated and will be removed. Please use \"secret_id_bound_cidrs\" instead."},
      {"secret-id-bound-cidrs", {field("secret_id_bound_cidrs", FieldType::comma_list)}, blocks, set_secret_id_blocks("secret_id_bound_cidrs"), forget_blocks},
      token_bound_cidrs_field(), std::move(bind), num_uses_field(),
      plain("secret-id-ttl", "secret_id_ttl", FieldType::duration, &Role::secret_id_ttl, base::whole_seconds),
      period_field(max_lease_ttl), token_num_uses_field(),
      token_duration("token-ttl", "token_ttl", &logical::TokenParams::ttl, "token_ttl should not be greater than token_max_ttl"),
      token_duration("token-max-ttl", "token_max_ttl", &logical::TokenParams::max_ttl, "token_max_ttl should be greater than or equal to token_ttl"),
      role_id_field()};
  return out;
}

Reply read(const RoleField& field, const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  if (!role) return Response::none();
  Json data = Json::object();
  field.show(*role, data);
  Response response = Response::of(std::move(data));
  if (field.warning != nullptr) response.warnings.emplace_back(field.warning);
  return response;
}

Reply write(const RoleField& field, const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(auto role, role_of(call, view));
  if (!role) return logical::unsupported_path();
  const std::string previous_role_id = role->role_id;
  TRY(field.set(call.fields, *role));
  TRY(put_role(view, *role, previous_role_id));
  return Response::none();
}

Reply reset(const RoleField& field, const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(auto role, role_of(call, view));
  if (!role) return Response::none();
  field.reset(*role);
  TRY(put_role(view, *role, role->role_id));
  return Response::none();
}

Path path_of(RoleField made) {
  Path path;
  path.pattern = std::string("role/{role_name}/") + made.path;
  path.fields = {role_name_field()};
  for (const Field& own : made.fields) path.fields.push_back(own);
  path.synopsis = "One field of a role.";
  const auto kept = std::make_shared<const RoleField>(std::move(made));
  const auto reads = [kept](const Call& call, const storage::ReadView& view) { return read(*kept, call, view); };
  const auto writes = [kept](const Call& call, storage::WriteView& view) { return write(*kept, call, view); };
  const auto resets = [kept](const Call& call, storage::WriteView& view) { return reset(*kept, call, view); };
  path.handlers.push_back({Operation::read, logical::Reads{reads}, "Read the field."});
  if (kept->set) path.handlers.push_back({Operation::update, logical::Writes{writes}, "Set the field."});
  if (kept->reset) path.handlers.push_back({Operation::remove, logical::Writes{resets}, "Give the field its default."});
  return path;
}

}  // namespace

Paths role_field_paths(Duration max_lease_ttl) {
  Paths paths;
  for (RoleField& made : role_fields(max_lease_ttl)) paths.push_back(path_of(std::move(made)));
  return paths;
}

}  // namespace bao::auth::approle
