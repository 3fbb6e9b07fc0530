// What a written value may stand for: "90s" and 90 are durations, "true", 1 and true are true, as in the reference.
// Pure functions. Errors: invalid, in the reference's words, without place.
#pragma once

#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/hcl.h"

namespace bao::config {

// `key` stands in the message: "At 3:7: root.KEY: unknown type for string *ast.ListType".
base::Result<std::string> to_text(const codec::HclValue& value, const std::string& key);
base::Result<bool> to_bool(const codec::HclValue& value);
base::Result<int64_t> to_integer(const codec::HclValue& value);
base::Result<base::Duration> to_duration(const codec::HclValue& value);
// A list of strings, or one string with commas.
base::Result<std::vector<std::string>> to_texts(const codec::HclValue& value, const std::string& key);
// As the reference keeps undecoded values: objects below the top are lists of one object.
codec::Json as_decoded(const codec::HclValue& value);

}  // namespace bao::config
