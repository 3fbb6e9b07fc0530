// What of audit devices lies at rest (openbao-storage.md: core/audit, core/local-audit, audit/<uuid>/salt, audited headers), in
// the reference's layout. Functions over views of the whole barrier.
#pragma once

#include <string>
#include <vector>

#include "internal/core/audit/line.h"
#include "internal/storage/view.h"

namespace bao::core::audit {

inline constexpr std::string_view kApiTable = "audit";              // of an entry: made by the API
inline constexpr std::string_view kDeclaredTable = "audit-config";  // declared in the server's configuration

// Both tables, in their order. Errors: corrupt.
base::Result<std::vector<MountEntry>> stored_devices(const storage::ReadView& all);
base::Status store_devices(storage::WriteView& all, const std::vector<MountEntry>& devices);

std::string salt_key(const MountEntry& entry);
base::Status write_salt_where_missing(storage::WriteView& all, const MountEntry& entry);

base::Result<AuditedHeaders> stored_headers(const storage::ReadView& all);
base::Status store_headers(storage::WriteView& all, const AuditedHeaders& headers);

}  // namespace bao::core::audit
