// bao secrets enable, disable, list, tune, move.
#include "internal/cli/invocation.h"
#include "internal/cli/mount_flags.h"
#include "internal/cli/mount_change.h"
#include "internal/cli/mount_listing.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

int enable(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const FlagValues& flags = run.flags();
  std::string type = trimmed(run.arguments()[0]);
  if (type == "plugin") type = flags.text("plugin-name");
  const std::string path = with_trailing_slash(flags.text("path").empty() ? type : flags.text("path"));
  const auto response = session->call("POST", "sys/mounts/" + path, body_of_new_mount(flags, type, true));
  if (!response.ok()) return run.fail("Error enabling: " + response.error().message());
  return run.succeed("Success! Enabled the " + mounted_thing(flags, type, "secrets engine") + " at: " + path);
}

int disable(Invocation& run) { return disable_mount(run, MountKind::secrets_engine); }

int list(Invocation& run) { return list_mounts(run, "sys/mounts", "secrets engines", MountKind::secrets_engine); }

int tune(Invocation& run) { return tune_mount(run, MountKind::secrets_engine); }

int move(Invocation& run) { return move_mount(run, MountKind::secrets_engine); }

constexpr Flag kEnableFlags[] = {
    kMountDescription, kMountPathFlag, kMountDefaultTtl, kMountMaxTtl, kMountRequestKeys, kMountResponseKeys, kMountVisibility,
    kMountRequestHeaders, kMountResponseHeaders,
    {.name = "force-no-cache", .kind = FlagKind::boolean, .text = "Read past the cache each time.", .fallback = "false"},
    kMountPluginName, kMountPluginVersion, kMountOptions, kMountLocal, kMountSealWrap, kMountEntropy, kMountVersion};
constexpr Flag kTuneFlags[] = {kMountDescription,  kMountDefaultTtl,     kMountMaxTtl,          kMountRequestKeys,
                               kMountResponseKeys, kMountVisibility,     kMountRequestHeaders,  kMountResponseHeaders,
                               kMountOptions,      kMountVersion,        kMountPluginVersion};
constexpr Flag kListFlags[] = {{.name = "detailed", .kind = FlagKind::boolean, .text = "Show settings too.", .fallback = "false"}};

constexpr Command kCommands[] = {
    {.path = "secrets", .synopsis = "Interact with secrets engines", .usage = "<subcommand> [options] [args]",
     .text = "  Enables, tunes, moves and disables the engines that keep or make secrets.\n\n"
             "      $ bao secrets enable -path=app -version=2 kv\n      $ bao secrets list"},
    {.path = "secrets enable", .synopsis = "Enable a secrets engine", .usage = "[options] TYPE",
     .text = "  Mounts an engine of a type, at the type's name unless there is another one in\n  -path.\n\n      $ bao secrets enable -path=app -description=\"of the app\" -version=2 kv",
     .flags = kEnableFlags, .run = enable},
    {.path = "secrets disable", .synopsis = "Disable a secret engine", .usage = "[options] PATH",
     .text = "  Unmounts an engine: ends its leases and deletes all it keeps, for good.\n\n      $ bao secrets disable app/",
     .run = disable},
    {.path = "secrets list", .synopsis = "List enabled secrets engines", .usage = "[options]",
     .text = "  Lists the engines and where they are mounted.\n\n      $ bao secrets list -detailed", .output = kFormat,
     .flags = kListFlags, .run = list},
    {.path = "secrets tune", .synopsis = "Tune a secrets engine configuration", .usage = "[options] PATH",
     .text = "  Changes an engine's settings; those that are not given stay.\n\n      $ bao secrets tune -max-lease-ttl=72h app/",
     .flags = kTuneFlags, .run = tune},
    {.path = "secrets move", .synopsis = "Move a secrets engine to a new path", .usage = "[options] SOURCE DESTINATION",
     .text = "  Mounts an engine elsewhere and waits until that is done. Its leases end.\n\n      $ bao secrets move app/ shop/",
     .run = move},
};

}  // namespace

std::span<const Command> secrets_commands() { return kCommands; }

}  // namespace bao::cli
