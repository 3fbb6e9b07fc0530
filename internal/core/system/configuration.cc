// sys/config/state: what the node was configured with (openbao-api.md 2.1).
#include <utility>

#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

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

}  // namespace

Paths configuration_paths(Core::Parts& parts) {
  return {sanitized_path(parts)};
}

}  // namespace bao::core::sys
