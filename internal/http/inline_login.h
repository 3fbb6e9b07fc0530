// Inline authentication (openbao-api.md 1.2): a request that brings its login along, in headers. Pure functions.
#pragma once

#include "internal/http/translation.h"
#include "internal/logical/response.h"

namespace bao::http {

bool brings_login(const logical::Request& request);

// The login's own request; its headers are taken out of `request`. Or the answer that says what is wrong with them.
Translated take_login(logical::Request& request, const BodyLimits& limits);

// What a login came to that made nobody of the client.
Answer answer_of_login(logical::Operation operation, const std::string& request_id, logical::Reply reply);

}  // namespace bao::http
