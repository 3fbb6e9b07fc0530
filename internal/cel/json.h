// Values from JSON and back.
#pragma once

#include "internal/cel/function.h"
#include "internal/codec/json.h"

namespace bao::cel {

// How numbers are read: as doubles, or as the text that stood there, which is what Go's json.Number becomes.
enum class JsonNumbers : uint8_t { doubles, text };
Value value_of(const codec::Json& json, JsonNumbers numbers);

// Bytes become base64, times their text, durations nanoseconds. Errors: invalid for what has no JSON form.
base::Result<codec::Json> json_of(Budget& budget, const Value& value);

}  // namespace bao::cel
