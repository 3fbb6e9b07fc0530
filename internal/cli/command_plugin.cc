// bao plugin …
#include "internal/cli/invocation.h"

namespace bao::cli {
namespace {

constexpr Flag kPluginDeregisterFlags[] = {
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginInfoFlags[] = {
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginInitFlags[] = {
    {.name = "config", .kind = FlagKind::list,
     .text = "A configuration file, or a directory of them. May be repeated.",
     .environment = "BAO_CONFIG_PATH"},
    {.name = "directory",
     .text = "Where plugins are put."},
    {.name = "timeout", .kind = FlagKind::duration,
     .text = "How long downloads may take.",
     .fallback = "5m0s"},
};
constexpr Flag kPluginListFlags[] = {
    {.name = "detailed", .kind = FlagKind::boolean,
     .text = "Show more of each entry.",
     .fallback = "false"},
};
constexpr Flag kPluginRegisterFlags[] = {
    {.name = "args", .kind = FlagKind::list,
     .text = "An argument of the plugin's program. May be repeated."},
    {.name = "command",
     .text = "The plugin's program, in the plugin directory."},
    {.name = "oci", .kind = FlagKind::boolean,
     .text = "The plugin is an OCI image.",
     .fallback = "false"},
    {.name = "sha256",
     .text = "The program's SHA-256."},
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginReloadFlags[] = {
    {.name = "mounts", .kind = FlagKind::list,
     .text = "A mount whose plugin is reloaded. May be repeated."},
    {.name = "plugin",
     .text = "The plugin to reload."},
    {.name = "scope",
     .text = "\"global\" reloads it on every node."},
};

constexpr Command kCommands[] = {
    {.path = "plugin", .synopsis = "Interact with OpenBao plugins and catalog",
     .usage = "<subcommand> [options] [args]",
     .text = "  Shows and changes the catalog of plugins."},
    {.path = "plugin deregister", .synopsis = "Deregister an existing plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Takes a plugin out of the catalog.",
     .flags = kPluginDeregisterFlags,
     .run = not_there_yet},
    {.path = "plugin info", .synopsis = "Read information about a plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Shows what is known of a plugin.",
     .output = kFormatField,
     .flags = kPluginInfoFlags,
     .run = not_there_yet},
    {.path = "plugin init", .synopsis = "Initialize and download OCI-based plugins",
     .usage = "[options]",
     .text = "  Downloads the plugins that a configuration declares.",
     .flags = kPluginInitFlags,
     .run = not_there_yet},
    {.path = "plugin list", .synopsis = "Lists available plugins",
     .usage = "[options] [TYPE]",
     .text = "  Lists plugins.",
     .output = kFormat,
     .flags = kPluginListFlags,
     .run = not_there_yet},
    {.path = "plugin register", .synopsis = "Registers a new plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Puts a plugin into the catalog.",
     .flags = kPluginRegisterFlags,
     .run = not_there_yet},
    {.path = "plugin reload", .synopsis = "Reload mounted plugin backend",
     .usage = "[options]",
     .text = "  Restarts a plugin.",
     .flags = kPluginReloadFlags,
     .run = not_there_yet},
    {.path = "plugin reload-status", .synopsis = "Get the status of an active or recently completed global plugin reload",
     .usage = "RELOAD_ID",
     .text = "  Shows how far a reload is.",
     .run = not_there_yet},
};

}  // namespace

std::span<const Command> plugin_commands() { return kCommands; }

}  // namespace bao::cli
