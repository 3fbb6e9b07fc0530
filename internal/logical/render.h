// The answer as JSON text, members in the reference's order (openbao-api.md 1.5). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/logical/response.h"

namespace bao::logical {

// The envelope with a newline at its end, appended to `out`.
void render_to(std::string& out, const Response& response, std::string_view request_id);
std::string render(const Response& response, std::string_view request_id);
// {"errors":["text"]} or {"errors":[]} for an empty text, with a newline.
std::string render_errors(std::string_view text);

}  // namespace bao::logical
