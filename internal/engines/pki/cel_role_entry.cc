#include "internal/engines/pki/cel_role_entry.h"

#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/stored_json.h"

namespace bao::engines::pki {

using codec::Json;

base::Result<CelRoleEntry> CelRoleEntry::parse(std::string_view name, std::string_view bytes) {
  CelRoleEntry role;
  ASSIGN_OR_RETURN(role.stored, parse_stored(bytes));
  role.name = name;
  if (const auto taken = role.program.take(role.stored["validation_program"]); !taken.ok()) return base::corrupt("a CEL role's program: " + taken.error().message());
  return role;
}

base::Result<std::optional<CelRoleEntry>> CelRoleEntry::load(const storage::ReadView& view, const std::string& name) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::cel_role(name)));
  if (!bytes) return std::optional<CelRoleEntry>();
  ASSIGN_OR_RETURN(CelRoleEntry role, parse(name, *bytes));
  return std::optional(std::move(role));
}

std::string CelRoleEntry::write() const {
  return write_stored(Json::record({{"name", name}, {"validation_program", program.json()}}), stored);
}

Json CelRoleEntry::answer() const { return Json::object({{"name", name}, {"cel_program", program.json()}}); }

}  // namespace bao::engines::pki
