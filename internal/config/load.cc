// Files, folders and the environment.
#include <algorithm>
#include <filesystem>

#include "internal/config/convert.h"
#include "internal/config/files.h"
#include "internal/config/merge.h"

namespace bao::config {
namespace {

namespace fs = std::filesystem;

base::Status merge_path(const fs::path& path, Config& config) {
  ASSIGN_OR_RETURN(const std::string text, read_file(path));
  return merge_file(text, format_of(path), path.string(), config);
}

// Left behind by editors.
bool is_temporary(const std::string& name) {
  return name.ends_with('~') || name.starts_with(".#") || (name.starts_with('#') && name.ends_with('#'));
}

base::Status merge_folder(const fs::path& folder, Config& config) {
  std::error_code code;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const fs::path extension = entry.path().extension();
    const bool known = extension == ".toml" || extension == ".hcl" || extension == ".json";
    if (known && !entry.is_directory() && !is_temporary(entry.path().filename())) files.push_back(entry.path());
  }
  if (code) return file_error("open", folder, code);
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const base::Status merged = merge_path(file, config);
    if (!merged.ok()) return merged.error().within("error loading \"" + file.string() + "\"");
  }
  return {};
}

// A file that is read with its folder anyway.
bool is_in_a_folder_of(const fs::path& file, const std::vector<std::string>& paths) {
  std::error_code code;
  const fs::path parent = fs::weakly_canonical(file, code).parent_path();
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored) && fs::weakly_canonical(path, ignored) == parent;
  });
}

base::Status merge_given(const std::string& path, const std::vector<std::string>& paths, Config& config) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) {
    return file_error("stat", path, code ? code : std::error_code(ENOENT, std::generic_category()));
  }
  if (fs::is_directory(status)) return merge_folder(path, config);
  return is_in_a_folder_of(path, paths) ? base::Status() : merge_path(path, config);
}

// BAO_X, or VAULT_X where that is not set at all.
std::string variable(const Environment& environment, const std::string& name) {
  for (const char* prefix : {"BAO_", "VAULT_"}) {
    if (const auto found = environment.find(prefix + name); found != environment.end()) return found->second;
  }
  return {};
}

void take(const Environment& environment, const std::string& name, std::string& target) {
  if (std::string value = variable(environment, name); !value.empty()) target = std::move(value);
}

template <typename Flag>
base::Status take_flag(const Environment& environment, const std::string& name, Flag& target) {
  codec::HclValue value;
  value.scalar = variable(environment, name);
  if (value.scalar.as_string().empty()) return {};
  const auto flag = to_bool(value);
  if (!flag.ok()) return flag.error().within("BAO_" + name);
  target = *flag;
  return {};
}

void apply_to_seals(const Environment& environment, Config& config) {
  const std::string type = variable(environment, "SEAL_TYPE");
  if (!type.empty() && config.seals.empty()) {
    config.seals.emplace_back();
    config.seals.back().origin = "BAO_SEAL_TYPE";
  }
  for (Seal& seal : config.seals) {
    if (!type.empty() && !seal.disabled) seal.type = type;
    if (seal.type != "static" || seal.disabled) continue;
    take(environment, "STATIC_SEAL_CURRENT_KEY", seal.current_key);
    take(environment, "STATIC_SEAL_CURRENT_KEY_ID", seal.current_key_id);
    take(environment, "STATIC_SEAL_PREVIOUS_KEY", seal.previous_key);
    take(environment, "STATIC_SEAL_PREVIOUS_KEY_ID", seal.previous_key_id);
  }
}

base::Status apply_environment(const Environment& environment, Config& config) {
  for (const char* name : {"ADVERTISE_ADDR", "REDIRECT_ADDR", "API_ADDR"}) take(environment, name, config.api_addr);
  take(environment, "CLUSTER_ADDR", config.cluster_addr);
  take(environment, "LOG_LEVEL", config.log_level);
  take(environment, "LOG_FORMAT", config.log_format);
  TRY(take_flag(environment, "UI", config.ui));
  TRY(take_flag(environment, "DISABLE_USER_LOCKOUT", config.user_lockout_disabled));
  if (config.storage && config.storage->type == "raft") {
    take(environment, "RAFT_NODE_ID", config.storage->node_id);
    take(environment, "RAFT_PATH", config.storage->path);
    TRY(take_flag(environment, "RAFT_RETRY_JOIN_AS_NON_VOTER", config.storage->retry_join_as_non_voter));
  }
  apply_to_seals(environment, config);
  return {};
}

}  // namespace

base::Result<Config> load(const std::vector<std::string>& paths, const Environment& environment) {
  Config config;
  for (const std::string& path : paths) {
    const base::Status merged = merge_given(path, paths, config);
    if (!merged.ok()) return merged.error().within("error loading configuration from " + path);
  }
  const base::Status finished = finish(config);
  if (!finished.ok()) {
    return finished.error().within("error loading configuration from " + (paths.empty() ? std::string() : paths.back()));
  }
  TRY(apply_environment(environment, config));
  TRY(check_addresses(config));
  return config;
}

}  // namespace bao::config
