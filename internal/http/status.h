// Which status an error or an answer goes out with: the only place that decides it (ARCHITECTURE D20, openbao-api.md 1.7).
// Pure functions.
#pragma once

#include "internal/base/result.h"
#include "internal/http/answer.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"

namespace bao::http {

int status_of(base::Code code);
// {"errors":[…]} with the error's text; one without a text gives {"errors":[]}.
Answer answer_of(const base::Error& error);
// What the core replied to an operation. `request_id` goes into the envelope.
Answer answer_of(logical::Operation operation, const std::string& request_id, logical::Reply reply);

}  // namespace bao::http
