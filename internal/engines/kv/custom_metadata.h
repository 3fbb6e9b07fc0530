// What people attach to a key: pairs of text, within limits (openbao-api.md 4.2). Pure functions.
#pragma once

#include <map>
#include <string>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::engines::kv {

// The pairs of an object: numbers and booleans become text. `nulls` says what a null is: text, "" then; or left out, where
// it removes the pair. Errors (invalid) name every pair that breaks a limit: 64 pairs, names of 1 to 128 bytes, values of 1
// to 512, printable.
enum class Nulls { are_text, are_left_out };
base::Result<std::map<std::string, std::string>> read_custom_metadata(const codec::Json& object, Nulls nulls);

}  // namespace bao::engines::kv
