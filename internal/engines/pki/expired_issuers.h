// Issuers that expired long ago are removed, but the default one; their keys stay. Pure but for the view.
#pragma once

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Chains and revocation lists are made anew where something was removed.
base::Status remove_expired_issuers(storage::WriteView& view, base::Duration buffer, base::Time now);

}  // namespace bao::engines::pki
