// How files become one configuration.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/config/config.h"

namespace bao::config {

// What a file says, on top of what is there: its keys win, its listeners and seals are added.
base::Status merge_file(std::string_view text, Format format, const std::string& file_name, Config& config);
// After the last file: checks that need the whole, and what listeners take from the top level.
base::Status finish(Config& config);

// That api_addr and cluster_addr are addresses, and not templates of them; also after the environment.
base::Status check_addresses(const Config& config);

}  // namespace bao::config
