// How answers tell of one version. Pure functions.
#pragma once

#include <string>

#include "internal/engines/kv/records.h"

namespace bao::engines::kv {

// {"created_time":…,"custom_metadata":…,"deletion_time":…,"destroyed":…,"version":…}, appended as JSON text.
void append_version(std::string& out, const VersionGlance& version);
// ENSURE: the version exists. The views live as long as `metadata`.
VersionGlance glance_of(const KeyMetadata& metadata, uint64_t number);
// RFC 3339, or "" for none.
std::string time_text(const std::optional<base::Time>& time);

}  // namespace bao::engines::kv
