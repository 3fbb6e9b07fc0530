// bao server, agent, proxy, debug, monitor: commands that keep running.
#include <unistd.h>

#include "internal/cli/debug.h"
#include "internal/cli/log_stream.h"
#include "internal/cli/invocation.h"
#include "internal/cli/process_flags.h"

namespace bao::cli {
namespace {

// Given by the program, so that the client path never touches what a server needs.
int server(Invocation& run) { return run.entry().server(run.arguments()); }

// Agent and proxy, which say everything on stdout: their configuration is looked for, but this build runs neither.
int helper_process(Invocation& run) {
  const auto& files = run.flags().list("config");
  if (files.empty()) run.ui().output("Must specify exactly at least one config path using -config");
  bool found = !files.empty();
  for (const std::string& file : files) {
    if (access(file.c_str(), F_OK) == 0) continue;
    found = false;
    run.ui().output("error loading configuration from " + file + ": stat " + file + ": no such file or directory");
  }
  return found ? not_there_yet(run) : 1;
}

constexpr Flag kServerFlags[] = {
    config_flag("BAO_CONFIG_PATH"),
    {.name = "exit-on-core-shutdown", .kind = FlagKind::boolean,
     .text = "End the process when the server shuts itself down.",
     .fallback = "false"},
    kLogFile, kLogFormat, kLogLevel, kLogRotateBytes, kLogRotateDuration, kLogRotateMaxFiles,
    {.name = "recovery", .kind = FlagKind::boolean,
     .text = "Serve only what repairs storage.",
     .fallback = "false"},
    {.name = "dev", .kind = FlagKind::boolean,
     .text = "Run a development server: unsealed, in memory, without TLS. Not for production.",
     .fallback = "false", .section = "Dev Options"},
    {.name = "dev-cluster-json",
     .text = "A file to write the development cluster's addresses to.",
     .section = "Dev Options"},
    {.name = "dev-listen-address",
     .text = "Where the development server listens.",
     .fallback = "127.0.0.1:8200", .environment = "BAO_DEV_LISTEN_ADDRESS", .section = "Dev Options"},
    {.name = "dev-no-store-token", .kind = FlagKind::boolean,
     .text = "Do not put the development root token into the token helper.",
     .fallback = "false", .section = "Dev Options"},
    {.name = "dev-root-token-id",
     .text = "The development server's root token.",
     .environment = "BAO_DEV_ROOT_TOKEN_ID", .section = "Dev Options"},
    {.name = "dev-tls", .kind = FlagKind::boolean,
     .text = "The development server speaks TLS, with a certificate made for it.",
     .fallback = "false", .section = "Dev Options"},
    {.name = "dev-tls-cert-dir",
     .text = "Where that certificate is put.",
     .section = "Dev Options"},
};
constexpr Flag kAgentFlags[] = {
    config_flag("BAO_AGENT_CONFIG_PATH"), kExitAfterAuth, kLogFile, kLogFormat, kLogLevel,
    kLogRotateBytes, kLogRotateDuration, kLogRotateMaxFiles,
};
constexpr Flag kAgentGenerateConfigFlags[] = {
    {.name = "exec",
     .text = "The command that gets the secrets in its environment.",
     .fallback = "env"},
    {.name = "path", .kind = FlagKind::list,
     .text = "A secret to use. May be repeated."},
    {.name = "type",
     .text = "The kind of configuration: env-template."},
};
constexpr Flag kProxyFlags[] = {
    config_flag("BAO_PROXY_CONFIG_PATH"), kExitAfterAuth, kLogFile, kLogFormat, kLogLevel,
    kLogRotateBytes, kLogRotateDuration, kLogRotateMaxFiles,
};
constexpr Flag kDebugFlags[] = {
    {.name = "compress", .kind = FlagKind::boolean,
     .text = "Make one compressed archive.",
     .fallback = "true"},
    {.name = "duration", .kind = FlagKind::duration,
     .text = "How long to capture.",
     .fallback = "2m0s"},
    {.name = "interval", .kind = FlagKind::duration,
     .text = "How often to capture.",
     .fallback = "30s"},
    {.name = "log-format",
     .text = "How to log: \"standard\" or \"json\".",
     .fallback = "standard"},
    {.name = "metrics-interval", .kind = FlagKind::duration,
     .text = "How often to capture metrics.",
     .fallback = "10s"},
    {.name = "output",
     .text = "The file or directory to make."},
    {.name = "target", .kind = FlagKind::list,
     .text = "What to capture: config, host, requests, metrics, pprof, replication-status, server-status, log, raft, "
             "invalidations, forwarding, report. May be repeated. All of it without this flag."},
};
constexpr Flag kDebugInvalidationsFlags[] = {
    {.name = "interval", .kind = FlagKind::duration,
     .text = "How often to ask again with -watch.",
     .fallback = "2s"},
    {.name = "watch", .kind = FlagKind::boolean,
     .text = "Ask again and again, until it is interrupted.",
     .fallback = "false"},
};
constexpr Flag kDebugPolicyFlags[] = {
    {.name = "parameter", .kind = FlagKind::map, .text = "A parameter of the request, for rules that look at them. May be repeated."},
};
constexpr Flag kMonitorFlags[] = {
    {.name = "log-format",
     .text = "How to log: \"standard\" or \"json\".",
     .fallback = "standard", .section = "Monitor Options"},
    {.name = "log-level",
     .text = "From which level on to log: trace, debug, info, warn, error.",
     .fallback = "info", .section = "Monitor Options"},
};

constexpr Command kCommands[] = {
    {.path = "server", .synopsis = "Start an OpenBao server",
     .usage = "[options]",
     .text = "  Runs a server, until it is told to stop.\n\n  With a configuration:\n\n      $ bao server "
             "-config=/etc/bao/bao.hcl\n\n  For trying things out, in memory:\n\n      $ bao server -dev "
             "-dev-root-token-id=root",
     .flags = kServerFlags,
     .run = server,
     .reading = Reading::verbatim},
    {.path = "agent", .synopsis = "Start an OpenBao agent",
     .usage = "[options]",
     .text = "  Runs an agent, which logs in for others and renders secrets into files.",
     .flags = kAgentFlags,
     .run = helper_process},
    {.path = "agent generate-config", .synopsis = "Generate a OpenBao Agent configuration file.",
     .usage = "[options] [path/to/config.hcl]",
     .text = "  Writes a configuration for an agent.",
     .flags = kAgentGenerateConfigFlags,
     .run = not_there_yet},
    {.path = "proxy", .synopsis = "Start an OpenBao Proxy",
     .usage = "[options]",
     .text = "  Runs a proxy, which logs in for others and hands requests on.",
     .flags = kProxyFlags,
     .run = helper_process},
    {.path = "debug", .synopsis = "Runs the debug command",
     .usage = "[options]",
     .text = "  Captures the state of a server, and of every node of its cluster, over a while, for those who look into a\n"
             "  problem. The bundle holds report.html, which shows what happened at a glance, and no secrets.\n\n"
             "      $ bao debug -duration=1m -output=/tmp/incident",
     .flags = kDebugFlags,
     .run = debug_capture},
    {.path = "debug invalidations", .synopsis = "Show what each node keeps in memory and was told of",
     .usage = "[options]",
     .text = "  Asks every node of the cluster: what it serves, what the owners of storage prefixes were told, how much is\n"
             "  kept in memory, what of it is stale, and whether the audit found anything that is not what storage holds.\n"
             "  With -detailed the prefixes, too.\n\n      $ bao debug invalidations -watch",
     .output = kFormatDetailed,
     .flags = kDebugInvalidationsFlags,
     .run = debug_invalidations},
    {.path = "debug policy", .synopsis = "Explain why a token may do something, or why not",
     .usage = "[options] [TOKEN] METHOD PATH",
     .text = "  Shows which rule decides about a request, which policies it comes from, and what stands against the request.\n"
             "  METHOD is one of HTTP's, LIST or SCAN, or an operation such as \"update\"; what writes is explained as create\n"
             "  and as update. Nothing is done. Without TOKEN it is about one's own; another's needs the capability sudo on\n"
             "  sys/internal/decision. The exit status is 2 when something is refused.\n\n"
             "      $ bao debug policy s.H3ll0 GET secret/data/app",
     .output = kFormat,
     .flags = kDebugPolicyFlags,
     .run = debug_policy},
    {.path = "monitor", .synopsis = "Stream log messages from an OpenBao server",
     .usage = "[options]",
     .text = "  Prints a server's log as it is written.",
     .flags = kMonitorFlags,
     .run = monitor},
};

}  // namespace

std::span<const Command> process_commands() { return kCommands; }

}  // namespace bao::cli
