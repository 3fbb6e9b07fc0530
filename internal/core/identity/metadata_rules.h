// What metadata may hold. Pure functions. Errors: internal, for the reference answers them with 500.
#pragma once

#include <string_view>

#include "internal/core/identity/records.h"

namespace bao::core::identity {

// Of an "entity", a "group" or an "alias" ("invalid entity metadata: …").
base::Status check_metadata(const OptionalMetadata& metadata, std::string_view of);
// An alias's custom metadata.
base::Status check_custom_metadata(const Metadata& metadata);

}  // namespace bao::core::identity
