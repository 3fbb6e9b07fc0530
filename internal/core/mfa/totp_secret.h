// The key of an entity's passcodes by one method, and passcodes judged by it. The key lies apart from the entity's record, as OpenBao keeps
// it; beside it stands the last period whose passcode was taken, so that none is taken twice: not after a takeover, not by two requests at
// once (each is a write of the same entry). OpenBao reads the entry and forgets that field.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/core/mfa/records.h"
#include "internal/storage/view.h"

namespace bao::core::mfa {

// Makes and stores a key; the answer is the URL by which authenticator apps learn it: a secret.
base::Result<std::string> make_key(storage::WriteView& all, const Method& method, const std::string& entity_id);
base::Status remove_key(storage::WriteView& all, std::string_view method_id, std::string_view entity_id);
base::Status remove_keys(storage::WriteView& all, std::string_view method_id);  // of all entities

// Takes the passcode, which then counts no more; false: it is none, or was taken before. Errors: those of storage.
base::Result<bool> take_passcode(storage::WriteView& all, const TotpSettings& settings, std::string_view method_id, std::string_view entity_id,
                                 std::string_view passcode, base::Time now);

}  // namespace bao::core::mfa
