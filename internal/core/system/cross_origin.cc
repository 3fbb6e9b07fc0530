// sys/config/cors: which web pages' scripts may send requests (openbao-api.md 1.9, 2.6).
#include <algorithm>
#include <utility>

#include "internal/core/settings/cross_origin.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

Reply read(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const CrossOriginRules rules, read_cross_origin(all));
  Json data = Json::object({{"enabled", rules.enabled}});
  if (rules.enabled) {
    data.set("allowed_origins", Json::strings(rules.allowed_origins));
    data.set("allowed_headers", Json::strings(rules.allowed_headers));
    data.set("allow_credentials", rules.allow_credentials);
  }
  return spread(std::move(data));
}

// Writing switches it on, whatever `enable` says, as in the reference.
Reply write(const Call& call, storage::WriteView& all) {
  CrossOriginRules rules{.enabled = true,
                         .allowed_origins = call.fields.strings("allowed_origins"),
                         .allowed_headers = usual_headers(),
                         .allow_credentials = call.fields.boolean("allow_credentials")};
  if (rules.allowed_origins.empty()) return core_error(base::Code::internal, "at least one origin or the wildcard must be provided");
  if (rules.allowed_origins.size() > 1 && std::ranges::find(rules.allowed_origins, "*") != rules.allowed_origins.end()) {
    return core_error(base::Code::internal, "to allow all origins the '*' must be the only value for allowed_origins");
  }
  for (std::string& header : call.fields.strings("allowed_headers")) rules.allowed_headers.push_back(std::move(header));
  TRY(store_cross_origin(all, rules));
  return Response::none();
}

Reply remove(const Call&, storage::WriteView& all) {
  TRY(store_cross_origin(all, {}));
  return Response::none();
}

}  // namespace

Paths cross_origin_paths() {
  Path path;
  path.pattern = "config/cors";
  path.access = Access::sudo;
  path.fields = {{.name = "enable", .type = FieldType::boolean, .description = "Enables or disables CORS headers on requests."},
                 {.name = "allowed_origins", .type = FieldType::comma_list, .description = "Origins that may send requests."},
                 {.name = "allowed_headers", .type = FieldType::comma_list, .description = "Headers that may be sent beside the usual ones."},
                 {.name = "allow_credentials", .type = FieldType::boolean, .description = "Whether credentials may be sent."}};
  path.handlers = {{.operation = Operation::read, .effect = Reads{read}, .summary = "Return the current CORS settings."},
                   {.operation = Operation::update, .effect = Writes{write}, .summary = "Configure the CORS settings."},
                   {.operation = Operation::remove, .effect = Writes{remove}, .summary = "Remove any CORS settings."}};
  path.synopsis = "Configures or returns the current configuration of CORS settings.";
  return {std::move(path)};
}

}  // namespace bao::core::sys
