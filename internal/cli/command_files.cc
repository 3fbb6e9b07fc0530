// What works on a server's configuration and files: bao operator diagnose, validate-config, migrate. The program gives how.
#include "internal/cli/invocation.h"
#include "internal/cli/process_flags.h"

namespace bao::cli {
namespace {

int migrate(Invocation& run) { return run.entry().migrate(run); }
int diagnose(Invocation& run) { return run.entry().diagnose(run); }
int validate_config(Invocation& run) { return run.entry().validate_config(run); }

constexpr Flag kOperatorDiagnoseFlags[] = {
    config_flag("BAO_CONFIG_PATH"),
    {.name = "debug", .kind = FlagKind::boolean,
     .text = "Log what is done, too.",
     .fallback = "false"},
    {.name = "format",
     .text = "How to print: \"table\", \"json\" or \"yaml\"."},
    {.name = "skip", .kind = FlagKind::list,
     .text = "A check to leave out: \"listener\", \"storage\", \"autounseal\", or the name of one. May be repeated."},
};
constexpr Flag kOperatorValidateConfigFlags[] = {
    config_flag("BAO_CONFIG_PATH"),
    {.name = "format",
     .text = "How to print: \"table\", \"json\" or \"yaml\"."},
};
constexpr Flag kOperatorMigrateFlags[] = {
    {.name = "config",
     .text = "The file that says from where to where.",
     .environment = "BAO_MIGRATE_CONFIG_PATH"},
    {.name = "log-level",
     .text = "From which level on to log: trace, debug, info, warn, error.",
     .fallback = "info", .environment = "BAO_LOG_LEVEL"},
    {.name = "max-parallel", .kind = FlagKind::integer,
     .text = "Accepted, and changes nothing: entries are copied in one stream.",
     .fallback = "10"},
    {.name = "reset", .kind = FlagKind::boolean,
     .text = "Take away the mark of an unfinished migration from the destination, where it keeps servers from starting, and do no more.",
     .fallback = "false"},
    {.name = "start",
     .text = "Copy only keys from this one on, onto what an unfinished migration left before it."},
};

constexpr Command kCommands[] = {
    {.path = "operator diagnose", .synopsis = "Troubleshoot problems starting OpenBao",
     .usage = "",
     .text = "  Checks whether a server would start and work with a configuration: its files, storage, certificates, addresses, seal,\n"
             "  the other nodes that it names and their clocks. Run it with the server's own user and environment. It changes nothing.\n"
             "  Exit status: 0 all is well, 1 something failed, 2 there are warnings, 3 usage, 4 the configuration cannot be read.\n\n"
             "      $ bao operator diagnose -config=/etc/bao/bao.toml\n\n"
             "  While the server runs:\n\n      $ bao operator diagnose -config=/etc/bao/bao.toml -skip=listener",
     .flags = kOperatorDiagnoseFlags,
     .run = diagnose},
    {.path = "operator validate-config", .synopsis = "Validate OpenBao configuration files",
     .usage = "",
     .text = "  Checks configuration files, and nothing else of the machine: syntax, keys, types. Exit status: 0 all is well, 1 an\n"
             "  error, 2 there are warnings, 3 usage.\n\n      $ bao operator validate-config -config=/etc/bao/bao.toml",
     .flags = kOperatorValidateConfigFlags,
     .run = validate_config},
    {.path = "operator migrate", .synopsis = "Migrates OpenBao data between storage backends",
     .usage = "[options]",
     .text = "  Makes the data of a server that does not run those of this server. The source is only read, and stays as it is:\n"
             "  storage_source \"raft\" is a folder of OpenBao or Vault, \"file\" one of either server. The destination, \"raft\"\n"
             "  or \"file\", has to be empty; a migration that was interrupted is begun again by the same command. The keys to unseal\n"
             "  stay the same.\n\n"
             "      storage_source \"raft\" { path = \"/opt/openbao/data\" }\n"
             "      storage_destination \"raft\" { path = \"/var/lib/bao\" }\n"
             "      cluster_addr = \"https://bao.example:8201\"\n\n"
             "      $ bao operator migrate -config=migrate.hcl",
     .flags = kOperatorMigrateFlags,
     .run = migrate},
};

}  // namespace

std::span<const Command> file_commands() { return kCommands; }

}  // namespace bao::cli
