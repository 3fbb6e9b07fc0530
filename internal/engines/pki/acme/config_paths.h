// config/acme.
#pragma once

#include "internal/engines/pki/acme/mount.h"
#include "internal/logical/path.h"

namespace bao::engines::pki::acme {

logical::Path config_path(const Mount& mount);

}  // namespace bao::engines::pki::acme
