// What a caller asks of a new mount or of tuning one, read strictly as the reference reads it. Pure functions; errors are
// Code::invalid with the reference's wording.
#pragma once

#include <string>
#include <string_view>

#include "internal/core/mounts/mount_table.h"
#include "internal/logical/field.h"

namespace bao::core::sys {

// The fields of POST mounts/:path and auth/:path (captures first).
std::vector<logical::Field> enable_fields();
// A new entry of table "mounts" or "auth" out of those fields; `path` with its trailing slash. `builtin_version`: that of every engine
// here (mounts/plugin_version.h).
base::Result<MountEntry> read_mount_request(std::string_view table, std::string path, const logical::Fields& fields,
                                            const MountDefaults& defaults, std::string_view builtin_version);

// The fields of …/tune.
std::vector<logical::Field> tune_fields();
// Applies them to the entry; what isn't named stays.
base::Status apply_tuning(MountEntry& entry, const logical::Fields& fields, std::string_view builtin_version);

}  // namespace bao::core::sys
