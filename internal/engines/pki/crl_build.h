// Building the revocation lists of a mount: one for each subject and key that signs lists, complete and delta.
#pragma once

#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/engines/pki/revoked_entry.h"
#include "internal/engines/pki/revoker.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Complete lists, and with them empty delta lists that are based on them: the numbers rise by two, as the reference's do. With
// `disable` configured the lists are empty. Lists of issuers that are gone are removed.
//
// A transaction holds a check for everything it read, so that it cannot read a hundred thousand entries. Up to kReadAllMax all are read.
// Beyond, what stands on a list stays there and only its name is looked for; of the others as many are read as the transaction has room
// for beside the list, kReadMax at most. Where that is not enough, and for more than 150,000 entries, the lists stay as they are and are
// left to long_lists.h, which makes them over many transactions (`CrlMap::unfinished`).
inline constexpr size_t kReadAllMax = 20'000, kReadMax = 40'000;
base::Status rebuild_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, base::Time now);

// One revocation more: the list of its issuer is signed anew with that entry, without a look at all the others, so that a long list costs
// little. Where there is no list yet, all are rebuilt; one that is too long for a transaction is left to long_lists.h.
base::Status add_to_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, const std::string& serial_key, const RevokedEntry& entry,
                         base::Time now);

// Delta lists alone: what was revoked since the last complete ones.
base::Status rebuild_delta_crls(storage::WriteView& view, const std::vector<Revoker>& revokers, base::Time now);

// Notes a revocation for the next delta list.
base::Status note_for_delta(storage::WriteView& view, const std::string& serial_key);
// The keys of all those notes; a complete list makes them needless.
base::Result<std::vector<std::string>> delta_notes(const storage::ReadView& view);

// Does what is due at that time: complete lists near their end, delta lists after their interval, where the configuration says so.
// Cheap when nothing is due: the issuers are not looked at.
base::Status rebuild_due_crls(storage::WriteView& view, const RevokerSource& revokers, base::Time now);

}  // namespace bao::engines::pki
