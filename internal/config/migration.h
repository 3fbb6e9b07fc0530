// The file of `bao operator migrate`: one block storage_source, one storage_destination, and cluster_addr; in any of the languages.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/config/config.h"

namespace bao::config {

struct Migration {
  Storage source, destination;
  std::string cluster_addr;
};
// Errors: invalid.
base::Result<Migration> load_migration(const std::string& path);
base::Result<Migration> parse_migration(std::string_view text, Format format, const std::string& file_name);

}  // namespace bao::config
