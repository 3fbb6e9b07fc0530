// The one authority that mounts of old had, from before they had issuers (Vault 1.10): OpenBao keeps it beside the issuer that it became.
// Pure but for the view.
#pragma once

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Out of the way of whoever might still read it, where it became an issuer that long ago.
base::Status move_legacy_bundle(storage::WriteView& view, base::Duration buffer, base::Time now);
base::Status remove_legacy_bundle(storage::WriteView& view);

}  // namespace bao::engines::pki
