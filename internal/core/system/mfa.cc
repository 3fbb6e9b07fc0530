// sys/mfa/validate: the second factor of a login that waits for it.
#include "internal/core/second_factor.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {

using logical::Call;
using logical::FieldType;
using logical::Operation;

Paths mfa_paths(Core::Parts& parts) {
  logical::Path path;
  path.pattern = "mfa/validate";
  path.access = logical::Access::unauthenticated;
  path.fields = {{.name = "mfa_request_id", .description = "ID for this MFA request", .required = true},
                 {.name = "mfa_payload", .type = FieldType::map,
                  .description = "A map from MFA method ID to a slice of passcodes or an empty slice if the method does not use passcodes",
                  .required = true}};
  path.handlers = {{.operation = Operation::update,
                    .effect = logical::Writes{[&parts](const Call& call, storage::WriteView& all) { return parts.second_factor->validate(call, all); }},
                    .summary = "Validates the login for the given MFA methods. Upon successful validation, it returns an auth response containing "
                               "the client token"}};
  path.synopsis = "Proves the second factor of a login.";
  Paths paths;
  paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::core::sys
