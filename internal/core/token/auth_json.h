// The auth member of a lease (openbao-storage.md 4): what a login or a created token was given. Pure functions.
#pragma once

#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::core {

codec::Json auth_to_json(const logical::Auth& auth);
// Of an absent or odd member: its zero value.
logical::Auth auth_from_json(const codec::Json& stored);

}  // namespace bao::core
