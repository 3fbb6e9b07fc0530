// mfa/login-enforcement: whose logins need a second factor. Unlike the reference's, one that is deleted is gone from storage, too.
#include <algorithm>

#include "internal/core/identity/mfa_paths.h"
#include "internal/crypto/hash.h"

namespace bao::core::identity {
namespace {

using base::Status;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields() {
  const auto list = [](std::string name, std::string description) {
    return logical::Field{.name = std::move(name), .type = FieldType::comma_list, .description = std::move(description)};
  };
  return {{.name = "name", .description = "Name for this login enforcement configuration"},
          list("mfa_method_ids", "Array of Method IDs that determine what methods will be enforced"),
          list("auth_method_accessors", "Array of auth mount accessor IDs"),
          list("auth_method_types", "Array of auth mount types"),
          list("identity_group_ids", "Array of identity group IDs"),
          list("identity_entity_ids", "Array of identity entity IDs")};
}

Json show(const mfa::Enforcement& enforcement) {
  Json data = Json::object();
  data.set("id", enforcement.id);
  data.set("name", enforcement.name);
  data.set("namespace_path", "");
  data.set("namespace_id", enforcement.namespace_id);
  data.set("mfa_method_ids", Json::strings(enforcement.method_ids));
  data.set("auth_method_accessors", Json::strings(enforcement.accessors));
  data.set("auth_method_types", Json::strings(enforcement.types));
  data.set("identity_group_ids", Json::strings(enforcement.group_ids));
  data.set("identity_entity_ids", Json::strings(enforcement.entity_ids));
  return data;
}

Reply read(const Call& call, const mfa::RuleSet& rules) {
  const auto found = rules.enforcements.find(call.fields.string("name"));
  return found == rules.enforcements.end() ? nothing_there() : Reply(Response::of(show(found->second)));
}

Reply list(const Call&, const mfa::RuleSet& rules) {
  std::vector<std::string> names;
  Json about = Json::object();
  for (const auto& [name, enforcement] : rules.enforcements) {
    names.push_back(name);
    about.set(name, show(enforcement));
  }
  return listed(std::move(names), std::move(about));
}

// Every one of the field's values is known; a field that isn't given changes nothing.
template <typename Known>
Status take(const Call& call, const char* field, std::vector<std::string>& to, const char* unknown, Known known, bool& given) {
  if (!call.fields.has(field)) return {};
  to = call.fields.strings(field);
  given = true;
  return std::all_of(to.begin(), to.end(), known) ? Status() : Status(base::invalid(unknown));
}

Status fill(const Services& services, const Call& call, Writer& writer, const mfa::RuleSet& rules, mfa::Enforcement& enforcement) {
  bool methods = false, whose = false;
  TRY(take(call, "mfa_method_ids", enforcement.method_ids, "one of the provided method ids doesn't exist",
           [&](const std::string& id) { return rules.method(id) != nullptr; }, methods));
  if (!methods) return base::invalid("missing method ids");
  const auto router = services.router();
  const auto is_auth = [&](const Mount* mount) { return mount != nullptr && mount->entry.table == "auth"; };
  TRY(take(call, "auth_method_accessors", enforcement.accessors, "one of the auth method accessors provided is invalid",
           [&](const std::string& accessor) { return is_auth(router->by_accessor(accessor)); }, whose));
  const auto has_type = [&](const std::string& type) {
    const auto& mounts = router->mounts();
    return std::any_of(mounts.begin(), mounts.end(), [&](const auto& mount) { return is_auth(mount.get()) && mount->entry.type == type; });
  };
  TRY(take(call, "auth_method_types", enforcement.types, "one of the auth method types provided is invalid", has_type, whose));
  TRY(take(call, "identity_group_ids", enforcement.group_ids, "one of the provided group ids doesn't exist",
           [&](const std::string& id) { return writer.index().group(id) != nullptr; }, whose));
  TRY(take(call, "identity_entity_ids", enforcement.entity_ids, "one of the provided entity ids doesn't exist",
           [&](const std::string& id) { return writer.index().entity(id) != nullptr; }, whose));
  if (whose) return {};
  return base::invalid("One of auth_method_accessors, auth_method_types, identity_group_ids, identity_entity_ids must be specified");
}

Reply update(const Services& services, const Call& call, Writer& writer) {
  const std::string name = call.fields.string("name");
  ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(writer.all()));
  const auto found = rules.enforcements.find(name);
  mfa::Enforcement enforcement = found == rules.enforcements.end() ? mfa::Enforcement() : found->second;
  if (enforcement.id.empty()) {
    enforcement.id = crypto::random_uuid();
    enforcement.name = name;
    enforcement.namespace_id = base::kRootNamespace.value;
  }
  TRY(fill(services, call, writer, rules, enforcement));
  TRY(mfa::store(writer.all(), enforcement));
  return Response::none();
}

Reply remove(const Call& call, Writer& writer) {
  ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(writer.all()));
  const auto found = rules.enforcements.find(call.fields.string("name"));
  if (found != rules.enforcements.end()) TRY(mfa::remove(writer.all(), found->second));
  return Response::none();
}

}  // namespace

std::vector<logical::Path> mfa_enforcement_paths(const Services& services) {
  const auto change = [services](const Call& call, Writer& writer) { return update(services, call, writer); };
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "mfa/login-enforcement/?", .handlers = {reads_rules(Operation::list, "List login enforcements", list)},
                   .synopsis = "Lists login enforcements."});
  paths.push_back({.pattern = "mfa/login-enforcement/{name}", .fields = fields(),
                   .handlers = {reads_rules(Operation::read, "Read the current login enforcement", read),
                                writes(services, Operation::update, "Create or update a login enforcement", change),
                                writes(services, Operation::remove, "Delete a login enforcement", remove)},
                   .synopsis = "Whose logins need a second factor, and which."});
  return paths;
}

}  // namespace bao::core::identity
