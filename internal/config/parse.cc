// From the items of a file to a Config.
#include "internal/config/blocks.h"
#include "internal/config/convert.h"
#include "internal/config/merge.h"
#include "internal/config/schema.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::Json;

constexpr std::string_view kMlock =
    "OpenBao has dropped support for mlock. Please remove\n"
    "the line \"disable_mlock\" = false from your config and disable\n"
    "or encrypt swap instead. For more information, see:\n"
    "https://openbao.org/docs/install/#post-installation-hardening";

// Unknown blocks are passed over by the reference, unknown arguments are not.
void report_unknown(const HclItem& item, const Place& place, Config& config) {
  const std::string where = place.of(item.line, item.column);
  if (item.labels.empty()) config.warnings.push_back(unknown_field(item.key, where));
  else config.notes.push_back("no such block: " + item.key + " (" + where + ")");
}

base::Status read_top_level(const HclItem& item, const Place& place, Config& config) {
  const Key<Config>* key = find_key(top_level_keys(), item.key);
  if (key == nullptr) {
    report_unknown(item, place, config);
    return {};
  }
  const std::string where = place.of(item.line, item.column);
  if (key->effect == Effect::unsupported) config.warnings.push_back(without_effect(item.key, where));
  auto stored = store(*key, item.value, config);
  if (!stored.ok()) {
    const std::string prefix = item.key == "disable_mlock" ? "error parsing 'disable_mlock': " : "";
    const std::string suffix = place.format == Format::toml ? " (" + item.key + " at " + where + ")" : "";
    return base::invalid(prefix + stored.error().message() + suffix);
  }
  if (item.key == "disable_mlock" && !stored->as_bool()) return base::invalid(std::string(kMlock));
  if (item.key == "telemetry" && !stored->items().empty()) config.telemetry = std::move(stored->items().front());
  const bool kept = std::holds_alternative<std::monostate>(key->member) && key->type != Type::block;
  if (kept) config.others.set(item.key, std::move(*stored));
  return {};
}

bool has(const std::vector<HclItem>& items, std::string_view key) {
  for (const HclItem& item : items) {
    if (item.key == key) return true;
  }
  return false;
}

}  // namespace

base::Status merge_file(std::string_view text, Format format, const std::string& file_name, Config& config) {
  ASSIGN_OR_RETURN(const std::vector<HclItem> items, read_items(text, format, file_name));
  const Place place{file_name, format};
  for (const HclItem& item : items) TRY(read_top_level(item, place, config));
  TRY(read_storage(items, has(items, "storage") ? "storage" : "backend", place, config, config.storage));
  TRY(read_storage(items, has(items, "ha_storage") ? "ha_storage" : "ha_backend", place, config, config.ha_storage));
  for (const char* key : {"hsm", "seal", "kms"}) TRY(read_seals(items, key, place, config));
  TRY(read_outbound(items, place, config));
  TRY(read_audits(items, place, config));
  TRY(read_user_lockouts(items, place, config));
  TRY(read_initialize(items, place, config));
  return read_listeners(items, place, config);
}

// `{{ GetInterfaceIP "eth0" }}` isn't filled in: peers and clients would be sent to an address that is none.
base::Status check_addresses(const Config& config) {
  std::vector<std::pair<const char*, const std::string*>> addresses = {{"api_addr", &config.api_addr},
                                                                       {"cluster_addr", &config.cluster_addr}};
  if (config.storage) {
    addresses.emplace_back("api_addr", &config.storage->redirect_addr);
    addresses.emplace_back("cluster_addr", &config.storage->cluster_addr);
  }
  for (const auto& [key, address] : addresses) {
    if (address->find("{{") == std::string::npos) continue;
    return base::invalid(std::string(key) + ": address templates are not supported, write the address itself: " + *address);
  }
  return {};
}

base::Status finish(Config& config) {
  TRY(check_addresses(config));
  if (config.seals.size() == 2 && config.seals[0].disabled == config.seals[1].disabled) {
    return base::invalid(config.seals[0].disabled ? "seals: two seals provided but both are disabled"
                                                  : "seals: two seals provided but neither is disabled");
  }
  for (Listener& listener : config.listeners) {
    if (config.unsafe_relative_paths) listener.unsafe_relative_paths = true;
    if (config.disable_printable_check) listener.disable_printable_check = true;
    const bool own_duration = listener.given.find("max_request_duration") != nullptr;
    if (!own_duration && config.default_max_request_duration) {
      listener.max_request_duration = *config.default_max_request_duration;
    }
  }
  return {};
}

base::Result<Config> parse(std::string_view text, Format format, const std::string& file_name) {
  Config config;
  TRY(merge_file(text, format, file_name, config));
  TRY(finish(config));
  return config;
}

}  // namespace bao::config
