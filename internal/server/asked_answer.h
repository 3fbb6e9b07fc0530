// An answer as the requests of `initialize` blocks see those before them.
#pragma once

#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::server {

// {"data":…, "auth":…, "secret":…, "wrap_info":…, "warnings":…, "headers":…}, as the reference has it. Holds secrets.
base::Result<codec::Json> as_answer(const logical::Response& response);

}  // namespace bao::server
