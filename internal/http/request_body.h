// The body of a request as data: JSON whatever the Content-Type says, or a form (openbao-api.md 1.4). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/limits.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::http {

struct BodyLimits {
  size_t json_strings_max = base::kRequestJsonStringsMax;
  size_t json_bytes_max = base::kRequestJsonBytesMax;
};

// "type/subtype" of a Content-Type in lower case. Error: invalid, with Go's wording, when it is missing or no media type.
base::Result<std::string> media_type(std::string_view content_type);

// An object; empty for an empty body or null. Error: invalid ("failed to decode JSON input: …").
base::Result<codec::Json> parse_json_body(std::string_view body, const BodyLimits& limits);
// A form where the Content-Type says so and the body doesn't look like JSON; else JSON. Repeated names are joined by commas.
base::Result<codec::Json> parse_body(std::string_view body, std::string_view content_type, const BodyLimits& limits);

}  // namespace bao::http
