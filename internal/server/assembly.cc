#include "internal/server/assembly.h"

#include <filesystem>

#include "internal/base/build_identity.h"
#include "internal/base/host_name.h"
#include "internal/server/listeners.h"
#include "internal/storage/file/file_storage.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::server {
namespace {

// "https://host:8201" as members dial it.
std::string host_and_port(const std::string& address) {
  const size_t scheme = address.find("://");
  return scheme == std::string::npos ? address : address.substr(scheme + 3);
}

// Where the cluster port listens: as the first listener says, else one above the API's.
std::string cluster_listen_address(const config::Config& config) {
  const config::Listener* first = first_tcp(config);
  if (first == nullptr) return host_and_port(config.cluster_addr);
  return first->cluster_address.empty() ? next_port(first->address) : first->cluster_address;
}

base::Result<OpenedStorage> open_raft(const config::Config& config) {
  const config::Storage& block = *config.storage;
  if (config.cluster_addr.empty() && block.cluster_addr.empty()) {
    return base::invalid("cluster address must be set when using raft storage");
  }
  if (block.path.empty()) return base::invalid("error initializing storage of type raft: path is not set");
  // An absent folder is a mistake or a volume that isn't mounted: an empty store made there would look like lost data.
  std::error_code code;
  if (!std::filesystem::is_directory(block.path, code)) {
    return base::invalid("error initializing storage of type raft: open " + block.path + "/node-id: no such file or directory");
  }
  cluster::NodeOptions options;
  options.folder = block.path;
  options.listen_address = cluster_listen_address(config);
  options.name = block.node_id;
  options.cluster_address = host_and_port(config.cluster_addr.empty() ? block.cluster_addr : config.cluster_addr);
  options.api_address = config.api_addr;
  options.host_name = base::host_name();
  options.version = base::kVersion;
  auto opened = cluster::Node::open(std::move(options));
  if (!opened.ok()) return opened.error().within("error initializing storage of type raft");
  return OpenedStorage{nullptr, std::move(*opened)};
}

base::Result<std::unique_ptr<storage::Backend>> open_file(const std::string& path) {
  if (path.empty()) return base::invalid("error initializing storage of type file: 'path' must be set");
  auto opened = storage::file::open(path);
  if (!opened.ok()) return opened.error().within("error initializing storage of type file");
  return opened;
}

base::Result<seal::StaticSealKey> static_key(const std::string& id, const std::string& text) {
  auto key = seal::parse_static_key(text);
  if (!key.ok()) return key.error().within("Error configuring seal \"static\"");
  return seal::StaticSealKey{id, std::move(key).value()};
}

base::Result<std::unique_ptr<seal::Wrapper>> make_static(const config::Seal& block) {
  if (block.current_key.empty() || block.current_key_id.empty()) {
    return base::invalid("Error configuring seal \"static\": current_key and current_key_id are needed");
  }
  ASSIGN_OR_RETURN(seal::StaticSealKey current, static_key(block.current_key_id, block.current_key));
  std::vector<seal::StaticSealKey> previous;
  if (!block.previous_key.empty()) {
    ASSIGN_OR_RETURN(seal::StaticSealKey old, static_key(block.previous_key_id, block.previous_key));
    previous.push_back(std::move(old));
  }
  return seal::static_wrapper(std::move(current), std::move(previous));
}

// nullptr for Shamir, and for none.
base::Result<std::unique_ptr<seal::Wrapper>> make_seal(const config::Seal* block) {
  if (block == nullptr || block->type == "shamir") return std::unique_ptr<seal::Wrapper>();
  if (block->type == "static") return make_static(*block);
  for (const char* known : {"transit", "pkcs11", "kmip", "awskms", "gcpckms", "azurekeyvault", "ocikms", "alicloudkms"}) {
    if (block->type == known) return base::invalid("Error configuring seal \"" + block->type + "\": this seal is not there yet");
  }
  return base::invalid("Error configuring seal \"" + block->type + "\": unknown wrapper: " + block->type);
}

}  // namespace

base::Result<OpenedStorage> open_storage(const config::Config& config) {
  if (!config.storage) return base::invalid("a storage backend must be specified");
  if (config.ha_storage) return base::invalid("ha_storage is not there: raft storage is highly available by itself");
  const std::string& type = config.storage->type;
  if (type == "inmem") return OpenedStorage{storage::inmem::open(), nullptr};
  if (type == "raft") return open_raft(config);
  if (type == "file") {
    ASSIGN_OR_RETURN(auto opened, open_file(config.storage->path));
    return OpenedStorage{std::move(opened), nullptr};
  }
  for (const char* known : {"postgresql", "inmem_ha"}) {
    if (type == known) return base::invalid("storage type " + type + " is not there yet: use raft");
  }
  return base::invalid("unknown storage type " + type);
}

base::Result<Seals> make_seals(const config::Config& config) {
  const config::Seal *current = nullptr, *former = nullptr;
  for (const config::Seal& block : config.seals) {
    if (block.disabled && block.type == "shamir") {
      return base::invalid("Shamir seals cannot be set disabled (they should simply not be set)");
    }
    const config::Seal*& chosen = block.disabled ? former : current;
    if (chosen) return base::invalid("Error configuring seal: only one seal may be " + std::string(block.disabled ? "disabled" : "enabled"));
    chosen = &block;
  }
  Seals seals;
  ASSIGN_OR_RETURN(seals.current, make_seal(current));
  ASSIGN_OR_RETURN(seals.former, make_seal(former));
  return seals;
}

core::audit::ServerOptions audit_options(const config::Config& config) {
  core::audit::ServerOptions options;
  options.api_creation = config.unsafe_allow_api_audit_creation;
  options.prefixing = config.allow_audit_log_prefixing;
  options.raw = config.unsafe_allow_audit_log_raw;
  options.file_folders = config.audit_file_folders;
  options.outbound = config.outbound_allow_private;
  for (const config::Audit& audit : config.audits) {
    options.declared.push_back({audit.type, audit.path, audit.description, audit.options, audit.local});
  }
  return options;
}

core::LockoutSettings lockout_settings(const config::Config& config) {
  core::LockoutSettings settings;
  settings.disabled = config.user_lockout_disabled;
  for (const auto& [type, lockout] : config.user_lockouts) {
    core::LockoutRules& rules = type == "all" ? settings.all : settings.by_type[type];
    rules = {lockout.threshold, lockout.duration, lockout.counter_reset, lockout.disabled};
  }
  return settings;
}

base::Result<core::CoreOptions> core_options(const config::Config& config) {
  core::CoreOptions options;
  if (config.default_lease_ttl.count() > 0) options.defaults.default_lease_ttl = config.default_lease_ttl;
  if (config.max_lease_ttl.count() > 0) options.defaults.max_lease_ttl = config.max_lease_ttl;
  if (options.defaults.default_lease_ttl > options.defaults.max_lease_ttl) {
    return base::invalid("Error initializing core: cannot have DefaultLeaseTTL larger than MaxLeaseTTL");
  }
  options.cluster_name = config.cluster_name;
  options.api_address = config.api_addr;
  options.cluster_address = config.cluster_addr;
  options.version = base::kVersion;
  options.commit_date = base::build_commit_date();
  if (config.storage) options.node_id = config.storage->node_id;
  options.ha_enabled = config.storage && config.storage->type == "raft";
  options.raw_storage_endpoint = config.raw_storage_endpoint;
  options.introspection_endpoint = config.introspection_endpoint;
  ASSIGN_OR_RETURN(options.outbound, net::AddressRule::allowing(config.outbound_allow_private));
  options.audit = audit_options(config);
  options.lockout = lockout_settings(config);
  options.sanitized_configuration = config::sanitized(config);
  if (!config.listeners.empty()) options.request_timeout = config.listeners.front().max_request_duration;
  return options;
}

}  // namespace bao::server
