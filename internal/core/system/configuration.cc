// sys/config: what the node was configured with, and what of the reference's run-time settings exists (openbao-api.md 2.6).
#include <utility>

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

Reply not_available(std::string_view what) {
  return base::invalid(std::string(what) + " not available yet in this release");
}

Path sanitized_path(Core::Parts& parts) {
  Path path;
  path.pattern = "config/state/sanitized";
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts](const Call&, const storage::ReadView&) -> Reply {
                      const Json& configuration = parts.options.sanitized_configuration;
                      return Response::of(configuration.is_object() ? configuration : Json::object());
                    }},
                    .summary = "Return a sanitized version of the server's configuration."}};
  path.synopsis = "Return a sanitized version of the server's configuration.";
  path.description = "Without keys, passwords and tokens.";
  return path;
}

// Cross-origin requests are off, and off they stay.
Path cors_path() {
  Path path;
  path.pattern = "config/cors";
  path.access = Access::sudo;
  path.fields = {{.name = "enable", .type = FieldType::boolean, .description = "Enables or disables CORS headers on requests."},
                 {.name = "allowed_origins", .type = FieldType::comma_list, .description = "Origins that may send requests."},
                 {.name = "allowed_headers", .type = FieldType::comma_list, .description = "Headers that may be sent beside the usual ones."},
                 {.name = "allow_credentials", .type = FieldType::boolean, .description = "Whether credentials may be sent."}};
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[](const Call&, const storage::ReadView&) -> Reply {
         Json data = Json::object();
         data.set("enabled", false);
         return spread(std::move(data));
       }},
       .summary = "Return the current CORS settings."},
      {.operation = Operation::update,
       .effect = Reads{[](const Call&, const storage::ReadView&) -> Reply { return not_available("cross-origin requests are"); }},
       .summary = "Configure the CORS settings."},
      {.operation = Operation::remove,
       .effect = Reads{[](const Call&, const storage::ReadView&) -> Reply { return Response::none(); }},
       .summary = "Remove any CORS settings."}};
  path.synopsis = "Configures or returns the current configuration of CORS settings.";
  return path;
}

}  // namespace

Paths configuration_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(sanitized_path(parts));
  paths.push_back(cors_path());
  return paths;
}

}  // namespace bao::core::sys
