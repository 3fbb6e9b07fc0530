// The PKI engine: certificate authorities behind the API (openbao-api.md 5).
#pragma once

#include <functional>
#include <memory>

#include "internal/engines/pki/role_templates.h"
#include "internal/engines/pki/validation/validation.h"
#include "internal/logical/backend.h"
#include "internal/net/address_rule.h"

namespace bao::engines {

// `outbound`: which addresses the validation of ACME's challenges may reach. `identity_of`: of callers, for templates in roles; without
// it they have no entity.
logical::BackendFactory pki_backend(net::AddressRule outbound = {}, pki::IdentityOf identity_of = nullptr);

// The same with challenges validated by something else, one for each mount.
using ValidationsFactory = std::function<std::unique_ptr<pki::acme::Validations>()>;
logical::BackendFactory pki_backend_with(ValidationsFactory validations, pki::IdentityOf identity_of = nullptr);

}  // namespace bao::engines
