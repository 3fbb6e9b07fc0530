// Identity templates in a role: what it allows to one caller. Pure.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "internal/engines/pki/role_entry.h"
#include "internal/logical/identity.h"

namespace bao::engines::pki {

// Who stands behind an entity's id at this moment; nullptr: nobody.
using IdentityOf = std::function<std::shared_ptr<const logical::Identity>(std::string_view entity_id)>;

// The role with allowed_domains and allowed_uri_sans filled where they may be templates; what cannot be filled is left out. Without
// an entity (nullptr) a template is plain text, as in the reference.
std::shared_ptr<const RoleEntry> role_for(std::shared_ptr<const RoleEntry> role, const logical::Identity* identity, base::Time now);

}  // namespace bao::engines::pki
