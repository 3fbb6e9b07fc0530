// Roles: read, written, changed, listed, removed.
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"

namespace bao::engines::pki {
namespace {

using logical::Operation;
using logical::Path;
using logical::Response;

base::Result<std::optional<RoleEntry>> stored_role(const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::role(call.fields.string("name"))));
  if (!bytes) return std::optional<RoleEntry>();
  ASSIGN_OR_RETURN(RoleEntry role, RoleEntry::parse(*bytes));
  return std::optional(std::move(role));
}

Reply read_role(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, stored_role(call, view));
  if (!role) return logical::nothing();
  return Response::of(role->answer());
}

// What a role's issuer makes likely to go wrong.
base::Status warn_of_issuer(const RoleEntry& role, const ReadView& view, Response& response) {
  ASSIGN_OR_RETURN(const Authorities authorities, Authorities::load(view));
  if (authorities.find_issuer(role.issuer_ref).ok()) return {};
  response.warnings.push_back(
      role.issuer_ref == "default"
          ? "Issuing Certificate was set to default, but no default issuing certificate (configurable at /config/issuers) is currently set"
          : "Issuing Certificate was set to " + role.issuer_ref + " but no issuing certificate currently has that name");
  return {};
}

Reply save_role(RoleEntry role, const Call& call, WriteView& view) {
  const bool exclusive = role.no_store && role.generate_lease;
  TRY(role.check());
  TRY(view.put(layout::role(call.fields.string("name")), role.write()));
  Response response = Response::of(role.answer());
  TRY(warn_of_issuer(role, view, response));
  if (exclusive) {
    response.warnings.push_back("mutually exclusive values no_store=true and generate_lease=true were both specified; no_store=true takes priority");
  }
  if (role.generate_lease) {
    response.warnings.push_back(
        "it is encouraged to disable generate_lease and rely on PKI's native capabilities when possible; this option can cause "
        "instance-wide issues with large numbers of issued certificates");
  }
  return response;
}

Reply write_role(const MountStore&, const Call& call, WriteView& view) {
  RoleEntry role;
  role.take(call.fields);
  return save_role(std::move(role), call, view);
}

Reply patch_role(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(auto role, stored_role(call, view));
  if (!role) return base::invalid("Unable to fetch role entry to patch");
  role->take(call.fields);
  return save_role(std::move(*role), call, view);
}

Reply remove_role(const MountStore&, const Call& call, WriteView& view) {
  TRY(view.remove(layout::role(call.fields.string("name"))));
  return Response::none();
}

Reply list_roles(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto names, view.list(layout::kRoles, call.fields.string("after"), call.fields.integer("limit")));
  return Response::keys(names);
}

}  // namespace

void add_role_paths(std::vector<Path>& paths, const MountStore& store) {
  Path list;
  list.pattern = "roles/?";
  list.fields = paging_fields();
  list.handlers = {{Operation::list, logical::Reads{reading(list_roles, store)}}};
  list.synopsis = "List the existing roles in this backend";
  paths.push_back(std::move(list));

  Path role;
  role.pattern = "roles/{name}";
  role.fields = joined({{capture("name", "Name of the role.")}, role_fields()});
  role.handlers = {{Operation::read, logical::Reads{reading(read_role, store)}},
                   {Operation::update, logical::Writes{writing(write_role, store)}},
                   {Operation::patch, logical::Writes{writing(patch_role, store)}},
                   {Operation::remove, logical::Writes{writing(remove_role, store)}}};
  role.synopsis = "Manage the roles that can be created with this backend.";
  paths.push_back(std::move(role));
}

}  // namespace bao::engines::pki
