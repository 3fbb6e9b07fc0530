// The flags of `bao server` (openbao-cli.md 7.1), read as Go reads them. Plain values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::server {

struct Flags {
  std::vector<std::string> configs;
  std::optional<std::string> log_level, log_format, log_file;
  bool combine_logs = false;          // log lines to stdout
  bool exit_on_core_shutdown = false;
  bool recovery = false, test_verify_only = false, test_server_config = false, help = false;
  bool dev = false, dev_tls = false, dev_no_store_token = false, dev_kv_v1 = false, dev_skip_init = false;
  std::string dev_tls_cert_dir, dev_root_token_id, dev_cluster_json;
  std::string dev_listen_address = "127.0.0.1:8200";
  std::vector<std::string> refused;   // flags given that this server has nothing behind
  std::vector<std::string> ignored;   // given, accepted, without effect
};

// The value of BAO_<name>, or of VAULT_<name> where that isn't set; nothing when neither is.
using Variable = std::function<std::optional<std::string>(std::string_view name)>;
std::optional<std::string> process_variable(std::string_view name);

// Error: invalid, with Go's wording ("flag provided but not defined: -bogus"). Reading stops at the first positional.
// Flags beat the environment.
base::Result<Flags> parse_flags(const std::vector<std::string>& arguments, const Variable& variable);

// The text of -h.
std::string_view usage();

}  // namespace bao::server
