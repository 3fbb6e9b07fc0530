// CEL roles: read, written, changed, listed, removed. Whatever is wrong with a program is a 500, as in the reference.
#include "internal/engines/pki/cel_role_entry.h"
#include "internal/engines/pki/cel_types.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using logical::Operation;
using logical::Path;
using logical::Response;

Reply read_role(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, CelRoleEntry::load(view, call.fields.string("name")));
  if (!role) return logical::nothing();
  return Response::of(role->answer());
}

Reply save_role(const CelRoleEntry& role, WriteView& view) {
  if (const auto fits = role.program.validate(program_environment(), program_declarations()); !fits.ok()) return failure(fits.error().message());
  TRY(view.put(layout::cel_role(role.name), role.write()));
  return Response::of(role.answer());
}

constexpr char kNotDecoded[] = "failed to decode 'cel_program'";

Reply write_role(const MountStore&, const Call& call, WriteView& view) {
  CelRoleEntry role;
  role.name = call.fields.string("name");
  if (!call.fields.has("cel_program")) return failure("missing required field 'cel_program'");
  if (const auto taken = role.program.take(call.fields.json("cel_program")); !taken.ok()) return failure(taken.error().within(kNotDecoded).message());
  if (role.program.expression.empty()) return failure("cel_program.expression cannot be empty");
  return save_role(role, view);
}

Reply patch_role(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(auto role, CelRoleEntry::load(view, call.fields.string("name")));
  if (!role) return base::invalid("Unable to fetch cel role entry to patch");
  if (call.fields.has("cel_program")) {
    if (const auto taken = role->program.take(call.fields.json("cel_program")); !taken.ok()) return taken.error().within(kNotDecoded);
  }
  return save_role(*role, view);
}

Reply remove_role(const MountStore&, const Call& call, WriteView& view) {
  TRY(view.remove(layout::cel_role(call.fields.string("name"))));
  return Response::of(codec::Json());
}

Reply list_roles(const MountStore&, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto names, view.list(layout::kCelRoles, call.fields.string("after"), call.fields.integer("limit")));
  return Response::keys(names);
}

}  // namespace

void add_cel_role_paths(std::vector<Path>& paths, const MountStore& store) {
  Path list;
  list.pattern = "cel/roles/?";
  list.fields = paging_fields();
  list.handlers = {{Operation::list, logical::Reads{reading(list_roles, store)}}};
  list.synopsis = "List the existing CEL roles in this backend";
  paths.push_back(std::move(list));

  Path role;
  role.pattern = "cel/roles/{name}";
  role.fields = {capture("name", "Name of the cel role"),
                 {"cel_program", logical::FieldType::map, "The role's program: \"variables\", a list of objects with \"name\" and \"expression\", "
                                                          "and \"expression\", whose value counts."}};
  role.handlers = {{Operation::read, logical::Reads{reading(read_role, store)}},
                   {Operation::update, logical::Writes{writing(write_role, store)}},
                   {Operation::patch, logical::Writes{writing(patch_role, store)}},
                   {Operation::remove, logical::Writes{writing(remove_role, store)}}};
  role.synopsis = "Manage the cel roles that can be created with this backend.";
  paths.push_back(std::move(role));
}

}  // namespace bao::engines::pki
