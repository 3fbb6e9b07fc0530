#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "internal/base/log.h"
#include "internal/config/config.h"
#include "internal/core/core.h"
#include "internal/http/server.h"
#include "internal/cluster/join.h"
#include "internal/server/arrival.h"
#include "internal/server/assembly.h"
#include "internal/server/joining.h"
#include "internal/server/console.h"
#include "internal/server/development.h"
#include "internal/server/flags.h"
#include "internal/server/inspection.h"
#include "internal/server/listeners.h"
#include "internal/server/process.h"
#include "internal/server/self_initialization.h"
#include "internal/server/server.h"
#include "internal/base/build_identity.h"

namespace bao::server {
namespace {

constexpr base::Duration kDrainAtMost = std::chrono::seconds(5);

// The configuration in force; development mode's own comes before what files add to it.
base::Result<config::Config> load_configuration(const Flags& flags) {
  if (!flags.dev) return config::load(flags.configs, environment());
  ASSIGN_OR_RETURN(config::Config own, development_configuration(flags));
  ASSIGN_OR_RETURN(config::Config files, config::load(flags.configs, environment()));
  if (flags.configs.empty()) {
    own.user_lockout_disabled = files.user_lockout_disabled;
    return own;
  }
  files.listeners.insert(files.listeners.begin(), own.listeners.begin(), own.listeners.end());
  if (!files.storage) files.storage = own.storage;
  if (files.api_addr.empty()) files.api_addr = own.api_addr;
  return files;
}

// Flags beat the file.
void override_log_settings(const Flags& flags, config::Config& config) {
  if (flags.log_level) config.log_level = *flags.log_level;
  if (flags.log_format) config.log_format = *flags.log_format;
  if (flags.log_file) config.log_file = *flags.log_file;
}

base::Status set_up_log(const Flags& flags, const config::Config& config) {
  base::LogLevel level = base::LogLevel::info;
  if (!base::parse_log_level(config.log_level, level)) return base::invalid("unknown log level: " + config.log_level);
  base::set_log_level(level);
  if (!config.log_format.empty() && config.log_format != "standard" && config.log_format != "json") {
    return base::invalid("unknown log format: " + config.log_format);
  }
  base::set_log_format(config.log_format == "json" ? base::LogFormat::json : base::LogFormat::text);
  if (flags.combine_logs) base::set_log_descriptor(STDOUT_FILENO);
  if (!config.log_file.empty()) TRY(log_to_file(config.log_file));
  return {};
}

void log_remarks(const Flags& flags, const config::Config& config) {
  for (const std::string& warning : config.warnings) base::log_warn("", warning);
  // Where the reference is silent; at a level of their own, so that its warnings stay what they are.
  for (const std::string& note : config.notes) base::log_info("", note);
  for (const std::string& flag : flags.ignored) base::log_warn("server", "this flag has no effect on a server", {{"flag", "-" + flag}});
  if (!flags.dev && config.api_addr.empty()) {
    base::log_warn("", "no `api_addr` value specified in config or in BAO_API_ADDR; falling back to detection if possible, but "
                       "this value should be manually set");
  }
}

Facts banner_facts(const config::Config& config) {
  std::string variables;
  for (const auto& [name, value] : environment()) variables += (variables.empty() ? "" : ", ") + name;
  Facts facts{{"log level", config.log_level},
              {"environment variables", variables},
              {"storage", config.storage->type + (config.storage->type == "raft" ? " (HA available)" : "")},
              {"version", std::string("OpenBao v") + base::kVersion},
              {"version sha", base::build_revision()},
              {"recovery mode", "false"},
              {"cgo", "disabled"},
              {"go version", "none (C++20)"}};
  if (!config.api_addr.empty()) facts["api address"] = config.api_addr;
  if (!config.cluster_addr.empty()) facts["cluster address"] = config.cluster_addr;
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    facts["listener " + std::to_string(i + 1)] = listener_line(config.listeners[i]);
  }
  return facts;
}

// The address that others reach this node by, where the configuration names none.
void detect_api_address(config::Config& config) {
  const config::Listener* first = first_tcp(config);
  if (!config.api_addr.empty() || first == nullptr || config.storage->type != "raft") return;
  config.api_addr = (first->tls_disable ? "http://" : "https://") + first->address;
}

void warn_of_memory(const Flags& flags, const config::Config& config) {
  if (flags.dev || config.storage->type != "inmem") return;
  say("");
  say(wrapped("WARNING: storage configured to use \"inmem\" which should NOT be used in production"));
  say("");
}

// By their place among the listeners; -dev's own comes first and has none. Listeners that were added need a restart.
void reload_headers(const Flags& flags, const config::Config& config, http::Server& front) {
  const auto options = listener_options(config);
  if (!options.ok()) {
    base::log_error("server", "could not reload the custom response headers", {{"error", options.error().message()}});
    return;
  }
  for (size_t i = 0; i < options->size(); ++i) front.set_custom_headers(i + (flags.dev ? 1 : 0), (*options)[i].custom_headers);
}

void reload(const Flags& flags, core::Core& core, http::Server& front) {
  say("==> OpenBao reload triggered");
  if (!flags.configs.empty()) {
    const auto config = config::load(flags.configs, environment());
    base::LogLevel level = base::LogLevel::info;
    if (!config.ok()) {
      base::log_error("server", "could not reload config", {{"error", config.error().message()}});
    } else if (!base::parse_log_level(config->log_level, level)) {
      base::log_error("server", "unknown log level found on reload", {{"level", config->log_level}});
    } else {
      if (!flags.log_level) base::set_log_level(level);
      reload_headers(flags, *config, front);
      core.reload_audit(audit_options(*config));
      const std::string& file = flags.log_file ? *flags.log_file : config->log_file;
      if (const base::Status opened = file.empty() ? base::Status() : log_to_file(file); !opened.ok()) {
        base::log_error("server", "could not open the log file anew", {{"error", opened.error().message()}});
      }
    }
  }
  const base::Status certificates = front.reload_tls();
  if (!certificates.ok()) say("Error(s) were encountered during reload: " + certificates.error().message());
}

void serve_until_told(const Flags& flags, core::Core& core, http::Server& front) {
  while (true) {
    const int number = next_signal();
    if (number == SIGHUP) reload(flags, core, front);
    if (number == SIGUSR2) inspect(process_variable);
    if (number == SIGINT || number == SIGTERM) break;
  }
  say("==> OpenBao shutdown triggered");
}

base::Status initialize_node(core::Core& core, const config::Config& config, Start start) {
  base::Status done = initialize_self(core, config.initialize, this_machine(), start);
  if (!done.ok()) base::log_error("core", "failed to initialize", {{"error", done.error().message()}});
  return done;
}

base::Status run_node(const Flags& flags, config::Config& config) {
  detect_api_address(config);
  ASSIGN_OR_RETURN(OpenedStorage storage, open_storage(config));
  ASSIGN_OR_RETURN(Seals seals, make_seals(config));
  ASSIGN_OR_RETURN(std::vector<http::ListenerOptions> listeners, listener_options(config));
  warn_of_memory(flags, config);
  ASSIGN_OR_RETURN(core::CoreOptions options, core_options(config));
  const seal::Wrapper* auto_seal = seals.current.get();
  options.auto_seal = std::move(seals.current);
  options.former_seal = std::move(seals.former);
  options.development = flags.dev;
  if (flags.dev) options.raw_storage_endpoint = true;
  std::vector<core::JoinTarget> others;
  std::optional<cluster::Joiner> joiner;
  if (storage.member) {
    ASSIGN_OR_RETURN(others, join_targets(*config.storage));
    joiner.emplace(*storage.member, cluster::JoinerOptions{.auto_seal = auto_seal});
    options.cluster = storage.member.get();
    options.joining = &*joiner;
    options.node_id = storage.member->name();
  }
  for (auto& listener : listeners) listener.node = options.node_id;
  core::Core core(storage.backend(), std::move(options), base::system_clock());
  http::Server front(core, std::move(listeners), joiner ? &*joiner : nullptr, storage.member.get());
  if (const base::Status listening = front.listen(); !listening.ok()) {
    return listening.error().within("Error parsing listener configuration.\nError initializing listener of type tcp");
  }
  print_banner(banner_facts(config));
  if (flags.test_verify_only) return {};
  if (const base::Status started = core.start(); !started.ok()) {
    base::log_error("core", "cannot start", {{"error", started.error().message()}});
    return started.error().within("Error initializing core");
  }
  std::optional<DevelopmentBlock> block;
  if (flags.dev) {
    ASSIGN_OR_RETURN(block, initialize_development(core, flags, config));
  } else {
    TRY(initialize_node(core, config, others.empty() ? Start::its_own : Start::of_others));
  }
  front.serve();
  if (flags.test_server_config) return {};
  std::optional<Arrival> arrival;
  if (storage.member) {
    arrival.emplace(core, *storage.member);
    if (!others.empty()) joiner->start(std::move(others), config.storage->retry_join_as_non_voter);
  }
  ASSIGN_OR_RETURN(const PidFile pid_file, PidFile::write(config.pid_file));
  if (!flags.combine_logs) say("==> OpenBao server started!");
  if (block && !flags.dev_skip_init) print_development_block(*block);
  serve_until_told(flags, core, front);
  if (joiner) joiner->stop();
  arrival.reset();
  core.step_aside();
  front.drain(kDrainAtMost);
  core.stop();
  return {};
}

base::Status refuse_what_is_not_there(const Flags& flags) {
  if (flags.recovery) return base::invalid("-recovery: this server has no recovery mode");
  if (!flags.refused.empty()) return base::invalid("-" + flags.refused.front() + ": this server has nothing behind this flag");
  if (!flags.dev && flags.configs.empty()) return base::invalid("Must specify at least one config path using -config");
  return {};
}

base::Status run_with(Flags& flags) {
  TRY(refuse_what_is_not_there(flags));
  if (!flags.dev && !flags.dev_root_token_id.empty()) {
    say(wrapped("You cannot specify a custom root token ID outside of \"dev\" mode. Your request has been ignored."));
  }
  ASSIGN_OR_RETURN(config::Config config, load_configuration(flags));
  override_log_settings(flags, config);
  if (!config.storage) return base::invalid("a storage backend must be specified");
  TRY(set_up_log(flags, config));
  log_remarks(flags, config);
  if (!config.enable_core_dumps) forbid_core_dumps();
  raise_descriptor_limit();
  return run_node(flags, config);
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  auto flags = parse_flags(arguments, process_variable);
  if (!flags.ok()) {
    say(flags.error().message());
    return 1;
  }
  if (flags->help) {
    say(usage());
    return 0;
  }
  hold_signals();
  const base::Status ended = run_with(*flags);
  if (!ended.ok()) say(ended.error().message());
  return ended.ok() ? 0 : 1;
}

}  // namespace bao::server
