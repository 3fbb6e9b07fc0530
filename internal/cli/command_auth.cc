// bao auth enable, disable, list, tune, move, help.
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/login_method.h"
#include "internal/cli/mount_change.h"
#include "internal/cli/mount_flags.h"
#include "internal/cli/mount_listing.h"
#include "internal/cli/paths.h"
#include "internal/cli/wrap.h"

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
  const auto response = session->call("POST", "sys/auth/" + path, body_of_new_mount(flags, type, false));
  if (!response.ok()) return run.fail("Error enabling " + type + " auth: " + response.error().message());
  return run.succeed("Success! Enabled " + mounted_thing(flags, type, "auth method") + " at: " + path);
}

int disable(Invocation& run) { return disable_mount(run, MountKind::auth_method); }

int list(Invocation& run) { return list_mounts(run, "sys/auth", "enabled authentications", MountKind::auth_method); }

int tune(Invocation& run) { return tune_mount(run, MountKind::auth_method); }

int move(Invocation& run) { return move_mount(run, MountKind::auth_method); }

// The type of the auth method mounted at `path`; empty when there is none.
base::Result<std::string> type_at(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("GET", "sys/auth"));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  return secret ? secret->data[path]["type"].as_string() : std::string();
}

int help(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string asked = trimmed(run.arguments()[0]);
  const LoginMethod* method = find_login_method(asked);
  if (method == nullptr) {
    const std::string path = with_trailing_slash(run.path_argument());
    const auto type = type_at(*session, path);
    if (!type.ok()) return run.fail("Error listing auth methods: " + type.error().message());
    if (type->empty()) return run.fail(1, "No auth method available on the server at " + go_quoted(path));
    method = find_login_method(*type);
  }
  if (method == nullptr) return run.fail(wrap("No method-specific CLI handler available for auth method " + go_quoted(asked)));
  return run.succeed(method->help);
}

constexpr Flag kEnableFlags[] = {kMountDescription, kMountPathFlag,       kMountDefaultTtl,      kMountMaxTtl,
                                 kMountRequestKeys, kMountResponseKeys,   kMountVisibility,      kMountRequestHeaders,
                                 kMountResponseHeaders, kMountPluginName, kMountPluginVersion,   kMountOptions,
                                 kMountLocal,       kMountSealWrap,       kMountEntropy,         kMountTokenType,
                                 kMountVersion};
constexpr Flag kTuneFlags[] = {
    kMountDescription, kMountDefaultTtl, kMountMaxTtl, kMountRequestKeys, kMountResponseKeys, kMountVisibility,
    kMountRequestHeaders, kMountResponseHeaders, kMountOptions, kMountTokenType, kMountVersion, kMountPluginVersion,
    {.name = "user-lockout-threshold", .kind = FlagKind::unsigned_integer,
     .text = "How many failed logins lock a user out."},
    {.name = "user-lockout-duration", .kind = FlagKind::duration, .text = "How long a user is locked out."},
    {.name = "user-lockout-counter-reset-duration", .kind = FlagKind::duration,
     .text = "How long after the last failed login the count begins anew."},
    {.name = "user-lockout-disable", .kind = FlagKind::boolean, .text = "Never lock a user out.", .fallback = "false"}};
constexpr Flag kListFlags[] = {{.name = "detailed", .kind = FlagKind::boolean, .text = "Show settings too.", .fallback = "false"}};

constexpr Command kCommands[] = {
    {.path = "auth", .synopsis = "Interact with auth methods", .usage = "<subcommand> [options] [args]",
     .text = "  Enables, tunes, moves and disables the methods by which people and programs log in.\n\n"
             "      $ bao auth enable userpass\n      $ bao auth list\n\n  To log in see \"bao login\"."},
    {.path = "auth enable", .synopsis = "Enables a new auth method", .usage = "[options] TYPE",
     .text = "  Enables an auth method of a type.\n\n      $ bao auth enable -path=staff userpass", .flags = kEnableFlags,
     .run = enable},
    {.path = "auth disable", .synopsis = "Disables an auth method", .usage = "[options] PATH",
     .text = "  Disables an auth method. Tokens that came of it end.\n\n      $ bao auth disable staff/", .run = disable},
    {.path = "auth list", .synopsis = "Lists enabled auth methods", .usage = "[options]",
     .text = "  Lists the auth methods and where they are.\n\n      $ bao auth list -detailed", .output = kFormat,
     .flags = kListFlags, .run = list},
    {.path = "auth tune", .synopsis = "Tunes an auth method configuration", .usage = "[options] PATH",
     .text = "  Changes an auth method's settings; those that are not given stay.\n\n      $ bao auth tune -max-lease-ttl=8h staff/",
     .flags = kTuneFlags, .run = tune},
    {.path = "auth move", .synopsis = "Move an auth method to a new path", .usage = "[options] SOURCE DESTINATION",
     .text = "  Moves an auth method and waits until that is done. Tokens that came of it end.\n\n"
             "      $ bao auth move auth/staff/ auth/people/",
     .run = move},
    {.path = "auth help", .synopsis = "Prints usage for an auth method", .usage = "[options] TYPE | PATH",
     .text = "  Shows how to log in by a type of auth method, or by the one at a path.\n\n      $ bao auth help token", .run = help},
};

}  // namespace

std::span<const Command> auth_commands() { return kCommands; }

}  // namespace bao::cli
