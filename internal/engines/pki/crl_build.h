// Building the revocation lists of a mount: one for each subject and key that signs lists, complete and delta.
#pragma once

#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/engines/pki/revoker.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Complete lists, and with them empty delta lists that are based on them: the numbers rise by two, as the reference's do. With
// `disable` configured the lists are empty. Lists of issuers that are gone are removed.
base::Status rebuild_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, base::Time now);

// Delta lists alone: what was revoked since the last complete ones.
base::Status rebuild_delta_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, base::Time now);

// Notes a revocation for the next delta list.
base::Status note_for_delta(storage::WriteView& view, const std::string& serial_key);

// Does what is due at that time: complete lists near their end, delta lists after their interval, where the configuration says so.
// Cheap when nothing is due.
base::Status rebuild_due_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, base::Time now);

}  // namespace bao::engines::pki
