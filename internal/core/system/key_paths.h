// The paths by which operators change the keys behind their shares: sys/rotate/root and rotate/recovery (rotate_root.cc), the older
// sys/rekey and rekey-recovery-key (rekey.cc), and what is shared by both (key_paths.cc).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/core/system/key_rotation.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {

Paths rotate_root_paths(Core::Parts& parts);
Paths rekey_paths(Core::Parts& parts);

// What the handlers of one API do with what the ceremony answers.
using Shown = std::function<logical::Reply(logical::Reply)>;
// FOLDER/init, update and verify of a ceremony, which ends when the node is active no more.
Paths ceremony_paths(Core::Parts& parts, RotationApi api, const std::string& folder, logical::Access access, const Shown& shown);
// The encrypted shares that were kept at `key`, by either API.
logical::Path backup_path(const Core::Parts& parts, std::string pattern, std::string_view key);

}  // namespace bao::core::sys
