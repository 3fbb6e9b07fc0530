// The server's configuration file: TOML, HCL or JSON with the reference's keys and nesting (ARCHITECTURE D21,
// openbao-cli.md 8). Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/api/tls_options.h"
#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/request_profile/profile.h"

namespace bao::config {

struct Listener {
  std::string type = "tcp";  // or "unix": the address is a path
  std::string address = "127.0.0.1:8200", cluster_address;
  std::string socket_mode, socket_user, socket_group;  // unix: octal; names or numbers
  bool tls_disable = false;
  std::string tls_cert_file, tls_key_file, tls_client_ca_file, tls_min_version = "tls12", tls_max_version = "tls13";
  std::vector<std::string> tls_cipher_suites;
  bool tls_require_and_verify_client_cert = false, tls_disable_client_certs = false;
  int64_t max_request_size = 33'554'432, max_request_json_memory = 34'078'720, max_request_json_strings = 1000;
  base::Duration max_request_duration = std::chrono::seconds(90);
  base::Duration http_read_timeout{0}, http_read_header_timeout = std::chrono::seconds(10), http_write_timeout{0},
                 http_idle_timeout = std::chrono::minutes(5);
  bool unsafe_relative_paths = false, disable_printable_check = false;
  bool disable_unauthed_generate_root_endpoints = true, disable_unauthed_rekey_endpoints = true;
  bool unauthenticated_pprof_access = false;  // of its block `profiling`
  int64_t standby_health_code = 429;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> custom_response_headers;  // status class → header → values
  codec::Json given = codec::Json::object();  // the block as written, for the sanitized output
  std::string origin;  // "file:line"
};

struct Storage {
  std::string type;  // lower case: "raft", "inmem", "file", "postgresql", or what else stands there: the server refuses
  std::string path, node_id;
  std::vector<api::TrustedServer> retry_join;  // nodes of the cluster to ask
  bool retry_join_as_non_voter = false;
  codec::Json options = codec::Json::object();  // every key as given
  std::string redirect_addr, cluster_addr;  // of the block, else the top-level api_addr and cluster_addr
  bool disable_clustering = false;
  std::string origin;
};

struct Seal {
  std::string type;  // lower case: "shamir", "static", "transit", …: the server refuses what it doesn't know
  std::string current_key, current_key_id, previous_key, previous_key_id;
  codec::Json options = codec::Json::object();  // every key as given; may hold secrets
  bool disabled = false;
  std::string origin;
};

struct Audit {
  std::string type, path, description;  // path with its trailing slash
  std::map<std::string, std::string> options;
  bool local = false;
};

struct UserLockout {
  int64_t threshold = 5;
  base::Duration duration = std::chrono::minutes(15), counter_reset = std::chrono::minutes(15);
  bool disabled = false;
};

struct Config {
  std::vector<Listener> listeners;
  std::optional<Storage> storage, ha_storage;
  std::vector<Seal> seals;
  std::vector<Audit> audits;
  std::map<std::string, UserLockout> user_lockouts;  // "all", "userpass", "approle", "ldap"; empty, or with "all"
  std::optional<bool> user_lockout_disabled;         // BAO_DISABLE_USER_LOCKOUT
  request_profile::Profile initialize{"initialize", {}};  // as written: whether it can be run is request_profile::check's
  std::string api_addr, cluster_addr, cluster_name, log_level, log_format, log_file, log_rotate_duration, pid_file,
      log_requests_level;
  int64_t log_rotate_bytes = 0, log_rotate_max_files = 0;
  base::Duration default_lease_ttl{0}, max_lease_ttl{0};  // 0: not given
  std::optional<base::Duration> default_max_request_duration;
  bool ui = false, raw_storage_endpoint = false, introspection_endpoint = false, enable_core_dumps = false,
       disable_standby_reads = false, disable_clustering = false, unsafe_allow_api_audit_creation = false,
       allow_audit_log_prefixing = false, unsafe_allow_audit_log_raw = false,
       unsafe_relative_paths = false, disable_printable_check = false;
  std::vector<std::string> audit_file_folders;      // where files of audit devices made by the API may lie; none: anywhere
  std::vector<std::string> outbound_allow_private;  // of the block outbound_requests: ranges that net::AddressRule takes
  codec::Json telemetry;                 // as given; null without such a block
  codec::Json others = codec::Json::object();  // known keys that nothing here acts on, checked and converted
  // For the log: "unknown or unsupported field X found in configuration at F:L:C", known keys without effect.
  std::vector<std::string> warnings;
  // Likely mistakes that the reference passes over in silence: unknown blocks, unknown keys of storage and seals.
  std::vector<std::string> notes;
};

// Reads files, or every *.toml, *.hcl, *.json of a folder in order of their names; later ones win, listeners and seals
// add up. Errors are Code::invalid and begin with "error loading configuration from PATH: "; syntax and types name line
// and column as the reference does. The environment wins over files: BAO_API_ADDR (BAO_REDIRECT_ADDR,
// BAO_ADVERTISE_ADDR), BAO_CLUSTER_ADDR, BAO_UI, BAO_DISABLE_USER_LOCKOUT, BAO_LOG_LEVEL, BAO_LOG_FORMAT, BAO_RAFT_NODE_ID, BAO_RAFT_PATH,
// BAO_RAFT_RETRY_JOIN_AS_NON_VOTER, BAO_SEAL_TYPE, BAO_STATIC_SEAL_{CURRENT,PREVIOUS}_KEY[_ID]; each VAULT_… where the BAO_… is not set.
using Environment = std::map<std::string, std::string>;
base::Result<Config> load(const std::vector<std::string>& paths, const Environment& environment);
enum class Format { toml, hcl, json };
base::Result<Config> parse(std::string_view text, Format format, const std::string& file_name);

// For sys/config/state/sanitized: no secrets.
codec::Json sanitized(const Config& config);

}  // namespace bao::config
