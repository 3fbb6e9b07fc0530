// sys/capabilities, -self and -accessor: what a token may do on some paths (openbao-api.md 2.4).
#include <algorithm>
#include <utility>

#include "internal/core/system/caller_acl.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Field;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;

Json names_on(const Acl& acl, std::string_view path, base::Time now) {
  if (acl.is_root()) return Json::strings({"root"});
  std::vector<std::string> names = capability_names(acl.capabilities(path, now));
  if (names.empty()) names.emplace_back("deny");
  std::sort(names.begin(), names.end());
  return Json::strings(names);
}

Reply capabilities_of(Core::Parts& parts, const Call& call, const storage::ReadView& all, const std::string& token) {
  if (token.empty()) return core_error(base::Code::internal, "no token found");
  std::vector<std::string> paths = call.fields.strings("paths");
  if (paths.empty()) paths = call.fields.strings("path");
  if (paths.empty()) return base::invalid("paths must be supplied");
  const auto found = acl_of_token(parts, all, token);
  if (!found.ok() && found.error().code() == base::Code::denied) return core_error(base::Code::denied, "permission denied");
  ASSIGN_OR_RETURN(const TokenAcl of, found);
  if (!of.acl) return core_error(base::Code::invalid, "invalid token");
  Json data = Json::object();
  for (const std::string& path : paths) {
    if (path.empty()) return core_error(base::Code::invalid, "missing path");
    data.set(path, names_on(*of.acl, path, call.now));
  }
  if (paths.size() == 1) data.set("capabilities", data[paths[0]]);
  return spread(std::move(data));
}

Reply of_accessor(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  const std::string accessor = call.fields.string("accessor");
  if (accessor.empty()) return base::invalid("missing accessor");
  ASSIGN_OR_RETURN(const std::string token, parts.tokens.id_of_accessor(all, accessor));
  if (token.empty()) return core_error(base::Code::invalid, "invalid accessor");
  return capabilities_of(parts, call, all, token);
}

using Run = Reply (*)(Core::Parts&, const Call&, const storage::ReadView&);

Path path_of(Core::Parts& parts, const char* pattern, Field whose, Run run) {
  Path path;
  path.pattern = pattern;
  path.fields = {std::move(whose),
                 {.name = "path", .type = FieldType::comma_list, .description = "Use 'paths' instead.", .deprecated = true},
                 {.name = "paths", .type = FieldType::comma_list, .description = "Paths on which capabilities are being queried."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Reads{[&parts, run](const Call& call, const storage::ReadView& all) { return run(parts, call, all); }},
                    .summary = "Fetches the capabilities of a token on the given paths."}};
  path.synopsis = "Fetches the capabilities of a token on the given paths.";
  path.description = "The capabilities are those that the policies of the token grant; \"deny\" where there are none.";
  return path;
}

}  // namespace

Paths capability_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(path_of(parts, "capabilities-accessor", {.name = "accessor", .description = "Accessor of the token."}, of_accessor));
  paths.push_back(path_of(parts, "capabilities", {.name = "token", .description = "Token for which capabilities are being queried."},
                          [](Core::Parts& core, const Call& call, const storage::ReadView& all) {
                            return capabilities_of(core, call, all, call.fields.string("token"));
                          }));
  paths.push_back(path_of(parts, "capabilities-self", {.name = "token", .description = "Token for which capabilities are being queried."},
                          [](Core::Parts& core, const Call& call, const storage::ReadView& all) {
                            return capabilities_of(core, call, all, call.request.client_token);
                          }));
  return paths;
}

}  // namespace bao::core::sys
