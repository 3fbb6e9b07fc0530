// Members of stored JSON that more than one kind of entry has. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

// Nothing where there is no entry. Errors: corrupt for what is no object.
base::Result<std::optional<codec::Json>> read_entry(const storage::ReadView& view, std::string_view key);
// A record, in Go's order of members; those of `before` that it lacks follow, as they were stored.
base::Status put_entry(storage::WriteView& view, std::string_view key, codec::Json record, const codec::Json& before = codec::Json::object());

std::vector<std::string> strings_of(const codec::Json& json);
// Go's zero time for what is none.
base::Time time_of(const codec::Json& json);

}  // namespace bao::engines::pki::acme
