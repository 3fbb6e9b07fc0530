// OpenAPI 3.0.2 out of paths, as the reference writes it (openbao-api.md 1.9). Pure functions. Private to logical.
#pragma once

#include <string_view>

#include "internal/codec/json.h"
#include "internal/logical/path.h"

namespace bao::logical {

// A document without paths.
codec::Json empty_openapi();
// Adds a path, once for each form that its optional parts give it, and the schemas of its request bodies. The mount point
// ("secret/" or "") begins the path and names the operations.
void add_path(codec::Json& document, const Path& path, std::string_view mount_point);

}  // namespace bao::logical
