// Help text and OpenAPI out of path tables (openbao-api.md 1.9). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/codec/json.h"
#include "internal/logical/backend.h"

namespace bao::logical {

// The document of `?help=1` for a path of the mount ("" is the mount itself): help, see_also, openapi.
codec::Json path_help(const Backend& backend, const Request& request);
// Adds the paths of one mount to an OpenAPI 3.0.2 document's "paths" member.
void add_openapi(codec::Json& document, const Backend& backend, std::string_view mount_point);

}  // namespace bao::logical
