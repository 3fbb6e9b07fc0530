#include "internal/config/blocks.h"

#include <algorithm>
#include <array>

#include "internal/base/letters.h"
#include "internal/config/convert.h"
#include "internal/config/schema.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;
using codec::Json;

constexpr std::array<std::string_view, 21> kRaftKeys = {
    "path", "node_id", "performance_multiplier", "trailing_logs", "snapshot_threshold", "snapshot_interval",
    "max_entry_size", "max_transaction_size", "autopilot_reconcile_interval", "autopilot_update_interval",
    "autopilot_upgrade_version", "autopilot_redundancy_zone", "retry_join_as_non_voter", "retry_join", "redirect_addr",
    "advertise_addr", "cluster_addr", "disable_clustering", "type", "max_mount_and_namespace_table_entry_size",
    "mlock"};
constexpr const char* kSocketPath = "/run/vault.sock";  // as in the reference
constexpr std::array<std::string_view, 5> kCommonStorageKeys = {"redirect_addr", "advertise_addr", "cluster_addr",
                                                                "disable_clustering", "type"};

base::Error parsing(std::string_view key, const std::string& message) {
  return base::invalid("error parsing '" + std::string(key) + "': " + message);
}

// Strings as they are, everything else as JSON, which is how the reference hands options on.
std::string option_text(const Json& value) { return value.is_string() ? value.text() : codec::write_json(value); }

void note_unknown_options(const Storage& storage, const HclValue& body, const Place& place, Config& config) {
  const auto known = [&](const std::string& key) {
    if (storage.type == "raft") return std::find(kRaftKeys.begin(), kRaftKeys.end(), key) != kRaftKeys.end();
    if (storage.type != "inmem") return true;
    return std::find(kCommonStorageKeys.begin(), kCommonStorageKeys.end(), key) != kCommonStorageKeys.end();
  };
  for (const HclItem& item : body.object) {
    if (known(item.key)) continue;
    config.notes.push_back("storage \"" + storage.type + "\" has no key " + item.key + " (" +
                           place.of(item.line, item.column) + ")");
  }
}

base::Result<Storage> storage_of(const Block& block, std::string_view key, const Place& place, Config& config) {
  Storage storage;
  storage.type = base::lower_case(block.label.empty() ? std::string(key) : block.label);
  storage.origin = place.file + ":" + std::to_string(block.line);
  if (block.body->kind != HclValue::Kind::object) {
    return base::invalid(std::string(key) + "." + storage.type + ": " +
                         codec::hcl_error(block.body->line, block.body->column, "root: not an object type for map").message());
  }
  const Json decoded = as_decoded(*block.body);
  storage.options = decoded.items().front();
  for (const auto& [name, value] : storage.options.members()) {
    if (name == "path") storage.path = option_text(value);
    if (name == "node_id") storage.node_id = option_text(value);
    if (name == "redirect_addr" || (name == "advertise_addr" && storage.redirect_addr.empty())) {
      storage.redirect_addr = option_text(value);
    }
    if (name == "cluster_addr") storage.cluster_addr = option_text(value);
  }
  for (const HclItem& item : block.body->object) {
    if (item.key != "disable_clustering") continue;
    ASSIGN_OR_RETURN(storage.disable_clustering, to_bool(item.value));
  }
  if (storage.type == "raft") TRY(read_retry_join(*block.body, place, config, storage));
  if (!config.api_addr.empty()) storage.redirect_addr = config.api_addr;
  if (!config.cluster_addr.empty()) storage.cluster_addr = config.cluster_addr;
  if (config.disable_clustering) storage.disable_clustering = true;
  return storage;
}

base::Result<Seal> seal_of(const Block& block, std::string_view key, const Place& place) {
  Seal seal;
  seal.type = base::lower_case(block.label.empty() ? std::string(key) : block.label);
  seal.origin = place.file + ":" + std::to_string(block.line);
  seal.options = Json::object();
  for (const HclItem& item : block.body->object) {
    if (item.key == "disabled") {
      ASSIGN_OR_RETURN(seal.disabled, to_bool(item.value));
    } else if (item.key != "purpose" && item.key != "type") {
      ASSIGN_OR_RETURN(const Json value, item.value.kind == HclValue::Kind::scalar
                                             ? base::Result<Json>(item.value.scalar)
                                             : base::invalid("'" + item.key + "' expected type 'string'"));
      seal.options.set(item.key, value.is_bool() ? Json(value.as_bool() ? "1" : "0") : Json(value.text()));
    }
  }
  seal.current_key = seal.options["current_key"].as_string();
  seal.current_key_id = seal.options["current_key_id"].as_string();
  seal.previous_key = seal.options["previous_key"].as_string();
  seal.previous_key_id = seal.options["previous_key_id"].as_string();
  return seal;
}

base::Status read_listener_key(const HclItem& item, const Place& place, Config& config, Listener& listener) {
  const Key<Listener>* key = find_key(listener_keys(), item.key);
  const std::string where = place.of(item.line, item.column);
  if (key == nullptr) {
    config.warnings.push_back(unknown_field(item.key, where));
    return {};
  }
  if (key->effect == Effect::unsupported) config.warnings.push_back(without_effect(item.key, where));
  const auto stored = store(*key, item.value, listener);
  if (stored.ok()) return {};
  const bool at_syntax = key->type == Type::text || key->type == Type::texts;
  std::string message = at_syntax                   ? ": " + stored.error().message()
                        : key->type == Type::boolean ? " invalid value for " + item.key + ": " + stored.error().message()
                                                     : " error parsing " + item.key + ": " + stored.error().message();
  if (place.format == Format::toml) message += " (" + where + ")";
  return base::invalid(std::move(message));
}

// `{{ GetPrivateIP }}`: refused, because listening on the wrong address is worse than not at all.
bool is_template(const std::string& address) {
  const size_t open = address.find("{{");
  return open != std::string::npos && address.find("}}", open) != std::string::npos;
}

// `profiling { unauthenticated_pprof_access = true }`
base::Status read_profiling(const HclItem& item, const Place& place, Config& config, Listener& listener) {
  for (const HclItem& inner : item.value.object) {
    if (inner.key != "unauthenticated_pprof_access") {
      config.warnings.push_back(unknown_field(inner.key, place.of(inner.line, inner.column)));
      continue;
    }
    const auto given = to_bool(inner.value);
    if (!given.ok()) return base::invalid(" invalid value for profiling.unauthenticated_pprof_access: " + given.error().message());
    listener.unauthenticated_pprof_access = *given;
  }
  return {};
}

base::Status check_listener(Listener& listener) {
  for (const std::string& address : {listener.address, listener.cluster_address}) {
    if (is_template(address)) return base::invalid(": address templates are not supported: " + address);
  }
  if (listener.type.empty()) return base::invalid(": listener type must be specified");
  if (listener.type != "tcp" && listener.type != "unix") {
    return base::invalid(": unsupported listener type \"" + listener.type + "\"");
  }
  const std::string& role = listener.given["role"].as_string();
  if (!role.empty() && role != "default" && role != "metrics_only") {
    return base::invalid(": unsupported listener role \"" + role + "\"");
  }
  if (listener.max_request_duration < base::Duration{0}) return base::invalid(" max_request_duration cannot be negative");
  return {};
}

base::Status read_listener(const Block& block, const Place& place, Config& config, Listener& listener) {
  listener.origin = place.file + ":" + std::to_string(block.line);
  listener.type = base::lower_case(block.label);
  if (block.body->kind != HclValue::Kind::object) return base::invalid(": not an object type for struct");
  listener.given = as_decoded(*block.body).items().front();
  if (const Json* type = listener.given.find("type"); type != nullptr) listener.type = base::lower_case(type->as_string());
  if (listener.type == "unix") listener.address = kSocketPath;
  for (const HclItem& item : block.body->object) {
    TRY(read_listener_key(item, place, config, listener));
    if (item.key == "profiling") TRY(read_profiling(item, place, config, listener));
  }
  TRY(check_listener(listener));
  const base::Status read = read_response_headers(block.body->object, listener);
  if (!read.ok()) return base::invalid(" failed to parse custom_response_headers: " + read.error().message());
  return {};
}

}  // namespace

std::string unknown_field(const std::string& key, const std::string& where) {
  return "unknown or unsupported field " + key + " found in configuration at " + where;
}

std::string without_effect(const std::string& key, const std::string& where) {
  return key + " has no effect in this release (" + where + ")";
}

base::Status read_storage(const std::vector<HclItem>& items, std::string_view key, const Place& place, Config& config,
                          std::optional<Storage>& out) {
  const std::vector<Block> blocks = blocks_of(items, key);
  if (blocks.empty()) return {};
  if (blocks.size() > 1) return parsing(key, "only one \"" + std::string(key) + "\" block is permitted");
  auto storage = storage_of(blocks.front(), key, place, config);
  if (!storage.ok()) return parsing(key, storage.error().message());
  note_unknown_options(*storage, *blocks.front().body, place, config);
  out = std::move(*storage);
  return {};
}

base::Status read_seals(const std::vector<HclItem>& items, std::string_view key, const Place& place, Config& config) {
  const std::vector<Block> blocks = blocks_of(items, key);
  constexpr size_t kSealsMax = 3;
  if (blocks.size() > kSealsMax) return parsing(key, "only two or less \"" + std::string(key) + "\" blocks are permitted");
  for (const Block& block : blocks) {
    auto seal = seal_of(block, key, place);
    if (!seal.ok()) return parsing(key, std::string(key) + "." + block.label + ": " + seal.error().message());
    config.seals.push_back(std::move(*seal));
  }
  return {};
}

base::Status read_listeners(const std::vector<HclItem>& items, const Place& place, Config& config) {
  const std::vector<Block> blocks = blocks_of(items, "listener");
  for (size_t i = 0; i < blocks.size(); ++i) {
    Listener listener;
    const base::Status read = read_listener(blocks[i], place, config, listener);
    if (!read.ok()) return parsing("listener", "listeners." + std::to_string(i) + read.error().message());
    config.listeners.push_back(std::move(listener));
  }
  return {};
}

}  // namespace bao::config
