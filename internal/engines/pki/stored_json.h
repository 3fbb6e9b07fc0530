// Entries stored as JSON, with their members in Go's order; members that we don't know survive. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::engines::pki {

// nullopt is Go's nil list, null in JSON.
using List = std::optional<std::vector<std::string>>;

// Errors: corrupt for what is no object.
base::Result<codec::Json> parse_stored(std::string_view bytes);
// `record` and then those members of `before` that it lacks, as they are stored: one line. `absent` names members that it leaves
// out on purpose. A key in `record` is wiped; whoever stored the text wipes it.
std::string write_stored(codec::Json record, const codec::Json& before, std::initializer_list<std::string_view> absent = {});

List list_of(const codec::Json& json);
codec::Json list_json(const List& list);
std::vector<std::string> strings_of(const codec::Json& json);  // nothing for null

}  // namespace bao::engines::pki
