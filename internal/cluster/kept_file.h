// Small files that are whole or not there.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::cluster {

// Errors: absent (no such file), unavailable.
base::Result<std::string> read_whole(const std::string& file);
// Durable when it returns; readable by this user alone. Errors: unavailable.
base::Status write_whole(const std::string& file, std::string_view text);
// The same. Nothing to do when it isn't there.
base::Status remove_whole(const std::string& file);

}  // namespace bao::cluster
