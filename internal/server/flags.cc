#include "internal/server/flags.h"

#include <cstdlib>

namespace bao::server {
namespace {

// What a flag does with its value. Booleans get "true" where none is given.
enum class Kind { boolean, text };
struct Rule {
  std::string_view name;
  Kind kind;
  void (*apply)(Flags&, const std::string& value);
};

bool is_true(const std::string& value) { return value != "false" && value != "0" && value != "f" && value != "F" && value != "FALSE" && value != "False"; }

template <auto Member>
void set_bool(Flags& flags, const std::string& value) {
  flags.*Member = is_true(value);
}
template <auto Member>
void set_text(Flags& flags, const std::string& value) {
  flags.*Member = value;
}
void add_config(Flags& flags, const std::string& value) { flags.configs.push_back(value); }

constexpr Rule kRules[] = {
    {"config", Kind::text, add_config},
    {"log-level", Kind::text, set_text<&Flags::log_level>},
    {"log-format", Kind::text, set_text<&Flags::log_format>},
    {"log-file", Kind::text, set_text<&Flags::log_file>},
    {"combine-logs", Kind::boolean, set_bool<&Flags::combine_logs>},
    {"exit-on-core-shutdown", Kind::boolean, set_bool<&Flags::exit_on_core_shutdown>},
    {"recovery", Kind::boolean, set_bool<&Flags::recovery>},
    {"test-verify-only", Kind::boolean, set_bool<&Flags::test_verify_only>},
    {"test-server-config", Kind::boolean, set_bool<&Flags::test_server_config>},
    {"h", Kind::boolean, set_bool<&Flags::help>},
    {"help", Kind::boolean, set_bool<&Flags::help>},
    {"dev", Kind::boolean, set_bool<&Flags::dev>},
    {"dev-tls", Kind::boolean, set_bool<&Flags::dev_tls>},
    {"dev-tls-cert-dir", Kind::text, set_text<&Flags::dev_tls_cert_dir>},
    {"dev-root-token-id", Kind::text, set_text<&Flags::dev_root_token_id>},
    {"dev-listen-address", Kind::text, set_text<&Flags::dev_listen_address>},
    {"dev-no-store-token", Kind::boolean, set_bool<&Flags::dev_no_store_token>},
    {"dev-cluster-json", Kind::text, set_text<&Flags::dev_cluster_json>},
    {"dev-kv-v1", Kind::boolean, set_bool<&Flags::dev_kv_v1>},
    {"dev-leased-kv", Kind::boolean, set_bool<&Flags::dev_kv_v1>},
    {"dev-skip-init", Kind::boolean, set_bool<&Flags::dev_skip_init>},
};

struct Known {
  std::string_view name;
  Kind kind;
};
// The reference's flags that this server refuses when they ask for something.
constexpr Known kRefused[] = {{"dev-ha", Kind::boolean},       {"dev-three-node", Kind::boolean}, {"dev-auto-seal", Kind::boolean},
                              {"dev-plugin-dir", Kind::text},  {"dev-latency", Kind::text},       {"dev-latency-jitter", Kind::text}};
// Flags of every command that mean nothing to a server, and those with nothing behind them yet.
constexpr Known kIgnored[] = {
    {"dev-plugin-init", Kind::boolean},    {"log-rotate-bytes", Kind::text},   {"log-rotate-duration", Kind::text},
    {"log-rotate-max-files", Kind::text},  {"address", Kind::text},            {"agent-address", Kind::text},
    {"ca-cert", Kind::text},               {"ca-path", Kind::text},            {"client-cert", Kind::text},
    {"client-key", Kind::text},            {"disable-redirects", Kind::boolean}, {"header", Kind::text},
    {"mfa", Kind::text},                   {"namespace", Kind::text},          {"ns", Kind::text},
    {"non-interactive", Kind::boolean},    {"output-curl-string", Kind::boolean}, {"output-policy", Kind::boolean},
    {"policy-override", Kind::boolean},    {"tls-server-name", Kind::text},    {"tls-skip-verify", Kind::boolean},
    {"unlock-key", Kind::text},            {"wrap-ttl", Kind::text}};

template <typename Table>
const auto* find(const Table& table, std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return &row;
  }
  return static_cast<decltype(&table[0])>(nullptr);
}

bool is_bool_text(const std::string& value) {
  for (const std::string_view word : {"1", "0", "t", "f", "T", "F", "true", "false", "TRUE", "FALSE", "True", "False"}) {
    if (value == word) return true;
  }
  return false;
}

struct Given {
  std::string name;
  std::optional<std::string> value;  // after '='
};

base::Result<std::string> value_of(const Given& given, Kind kind, const std::vector<std::string>& arguments, size_t& next) {
  if (kind == Kind::boolean) {
    if (!given.value) return std::string("true");
    if (!is_bool_text(*given.value)) {
      return base::invalid("invalid boolean value \"" + *given.value + "\" for -" + given.name + ": strconv.ParseBool: parsing \"" +
                           *given.value + "\": invalid syntax");
    }
    return *given.value;
  }
  if (given.value) return *given.value;
  if (next >= arguments.size()) return base::invalid("flag needs an argument: -" + given.name);
  return arguments[next++];
}

base::Status apply(const Given& given, const std::vector<std::string>& arguments, size_t& next, Flags& flags) {
  if (const Rule* rule = find(kRules, given.name)) {
    ASSIGN_OR_RETURN(const std::string value, value_of(given, rule->kind, arguments, next));
    rule->apply(flags, value);
    return {};
  }
  const Known* refused = find(kRefused, given.name);
  const Known* known = refused ? refused : find(kIgnored, given.name);
  if (!known) return base::invalid("flag provided but not defined: -" + given.name);
  ASSIGN_OR_RETURN(const std::string value, value_of(given, known->kind, arguments, next));
  const bool asks = known->kind == Kind::boolean ? is_true(value) : !value.empty() && value != "0";
  if (asks) (refused ? flags.refused : flags.ignored).push_back(given.name);
  return {};
}

void read_environment(const Variable& variable, Flags& flags) {
  if (const auto path = variable("CONFIG_PATH"); path && !path->empty()) flags.configs.push_back(*path);
  if (const auto id = variable("DEV_ROOT_TOKEN_ID"); id) flags.dev_root_token_id = *id;
  if (const auto address = variable("DEV_LISTEN_ADDRESS"); address && !address->empty()) flags.dev_listen_address = *address;
  if (const auto level = variable("LOG_LEVEL"); level && !level->empty()) flags.log_level = *level;
  if (const auto format = variable("LOG_FORMAT"); format && !format->empty()) flags.log_format = *format;
}

}  // namespace

std::optional<std::string> process_variable(std::string_view name) {
  for (const std::string_view prefix : {"BAO_", "VAULT_"}) {
    if (const char* value = std::getenv((std::string(prefix) + std::string(name)).c_str())) return value;
  }
  return std::nullopt;
}

base::Result<Flags> parse_flags(const std::vector<std::string>& arguments, const Variable& variable) {
  Flags flags;
  read_environment(variable, flags);
  size_t next = 0;
  while (next < arguments.size()) {
    const std::string& word = arguments[next];
    if (word.size() < 2 || word[0] != '-') break;
    ++next;
    if (word == "--") break;
    const size_t dashes = word[1] == '-' ? 2 : 1;
    if (word[dashes] == '-' || word[dashes] == '=') return base::invalid("bad flag syntax: " + word);
    const size_t equals = word.find('=');
    Given given{word.substr(dashes, equals == std::string::npos ? equals : equals - dashes), std::nullopt};
    if (equals != std::string::npos) given.value = word.substr(equals + 1);
    TRY(apply(given, arguments, next, flags));
  }
  if (flags.dev_tls || flags.dev_kv_v1) flags.dev = true;
  return flags;
}

std::string_view usage() {
  return R"(Usage: bao server [options]

  Starts a server that answers API requests. It begins sealed: it has to be
  initialized once ("bao operator init") and unsealed after every start ("bao
  operator unseal"), unless an automatic seal is configured.

      $ bao server -config=/etc/openbao/config.hcl
      $ bao server -dev -dev-root-token-id=root

Command Options:

  -config=<string>
      Configuration file (TOML, HCL or JSON), or a folder of them. May be given
      more than once. Also BAO_CONFIG_PATH.

  -exit-on-core-shutdown
      End the process when its core has shut down.

  -log-file=<string>
      Append log lines to this file instead of writing them to stderr.

  -log-format=<string>
      "standard" or "json". Also BAO_LOG_FORMAT.

  -log-level=<string>
      "trace", "debug", "info", "warn" or "error". Also BAO_LOG_LEVEL.

  -recovery
      Recovery mode. This server has none: it refuses.

Dev Options:

  -dev
      Development mode: everything in memory, unsealed, one root token. Not for
      production.

  -dev-cluster-json=<string>
      Write where the server is, and its root token, to this file.

  -dev-listen-address=<string>
      Default 127.0.0.1:8200. Also BAO_DEV_LISTEN_ADDRESS.

  -dev-no-store-token
      Don't write the root token to the token helper's file.

  -dev-root-token-id=<string>
      The root token. Also BAO_DEV_ROOT_TOKEN_ID.

  -dev-tls
      Development mode with TLS by a certificate made for it.

  -dev-tls-cert-dir=<string>
      Where the files of -dev-tls go; a temporary folder otherwise.
)";
}

}  // namespace bao::server
