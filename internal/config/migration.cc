#include "internal/config/migration.h"

#include "internal/config/blocks.h"
#include "internal/config/convert.h"
#include "internal/config/files.h"

namespace bao::config {
namespace {

base::Result<Storage> only_block(const std::vector<codec::HclItem>& items, std::string_view key, const Place& place, Config& config) {
  if (blocks_of(items, key).size() != 1) return base::invalid("exactly one \"" + std::string(key) + "\" block is required");
  std::optional<Storage> storage;
  TRY(read_storage(items, key, place, config, storage));
  return std::move(*storage);
}

}  // namespace

base::Result<Migration> parse_migration(std::string_view text, Format format, const std::string& file_name) {
  ASSIGN_OR_RETURN(const auto items, read_items(text, format, file_name));
  Config config;  // for what blocks have of it
  Migration migration;
  for (const codec::HclItem& item : items) {
    if (item.key != "cluster_addr") continue;
    ASSIGN_OR_RETURN(migration.cluster_addr, to_text(item.value, item.key));
  }
  const Place place{file_name, format};
  ASSIGN_OR_RETURN(migration.source, only_block(items, "storage_source", place, config));
  ASSIGN_OR_RETURN(migration.destination, only_block(items, "storage_destination", place, config));
  if (migration.cluster_addr.empty()) migration.cluster_addr = migration.destination.cluster_addr;
  return migration;
}

base::Result<Migration> load_migration(const std::string& path) {
  std::error_code code;
  if (const auto status = std::filesystem::status(path, code); code || !std::filesystem::exists(status))
    return file_error("stat", path, code);
  if (std::filesystem::is_directory(path)) return base::invalid("location is a directory, not a file");
  ASSIGN_OR_RETURN(const std::string text, read_file(path));
  return parse_migration(text, format_of(path), path);
}

}  // namespace bao::config
