// bao transit …, ssh: what is about one type of engine.
#include "internal/cli/invocation.h"

namespace bao::cli {
namespace {

constexpr Flag kSshFlags[] = {
    {.name = "mode",
     .text = "How the engine signs in: ca, otp or dynamic.",
     .section = "SSH Options"},
    {.name = "mount-point",
     .text = "Where the SSH engine is mounted.",
     .fallback = "ssh/", .section = "SSH Options"},
    {.name = "no-exec", .kind = FlagKind::boolean,
     .text = "Print the credentials and do not run ssh.",
     .fallback = "false", .section = "SSH Options"},
    {.name = "role",
     .text = "The role to ask for.",
     .section = "SSH Options"},
    {.name = "strict-host-key-checking",
     .text = "ssh's option of that name.",
     .fallback = "ask", .environment = "BAO_SSH_STRICT_HOST_KEY_CHECKING", .section = "SSH Options"},
    {.name = "user-known-hosts-file",
     .text = "ssh's option of that name.",
     .environment = "BAO_SSH_USER_KNOWN_HOSTS_FILE", .section = "SSH Options"},
    {.name = "host-key-hostnames",
     .text = "The host names for which host certificates are trusted.",
     .fallback = "*", .environment = "BAO_SSH_HOST_KEY_HOSTNAMES", .section = "CA Mode Options"},
    {.name = "host-key-mount-point",
     .text = "Where the SSH engine that signs host keys is mounted.",
     .environment = "BAO_SSH_HOST_KEY_MOUNT_POINT", .section = "CA Mode Options"},
    {.name = "private-key-path",
     .text = "The private key to log in by.",
     .section = "CA Mode Options"},
    {.name = "public-key-path",
     .text = "The public key to have signed.",
     .section = "CA Mode Options"},
    {.name = "ssh-executable",
     .text = "The ssh program.",
     .fallback = "ssh", .environment = "BAO_SSH_EXECUTABLE", .section = "CA Mode Options"},
    {.name = "valid-principals",
     .text = "The names that the certificate is for.",
     .section = "CA Mode Options"},
};

constexpr Command kCommands[] = {
    {.path = "ssh", .synopsis = "Initiate an SSH session",
     .usage = "[options] username@ip [ssh options]",
     .text = "  Asks an SSH engine for credentials and runs ssh with them.\n\n      $ bao ssh -mode=otp -role=admins "
             "user@10.0.0.1",
     .output = kFormatField,
     .flags = kSshFlags,
     .run = not_there_yet},
    {.path = "transit", .synopsis = "Interact with OpenBao's Transit Secrets Engine",
     .usage = "<subcommand> [options] [args]",
     .text = "  Works with Transit engines."},
    {.path = "transit import", .synopsis = "Import a key into the Transit secrets engines.",
     .usage = "PATH KEY [options...]",
     .text = "  Imports a key.",
     .run = not_there_yet},
    {.path = "transit import-version", .synopsis = "Import key material into a new key version in the Transit secrets engines.",
     .usage = "PATH KEY [...]",
     .text = "  Imports a key as a new version of one that was imported.",
     .run = not_there_yet},
};

}  // namespace

std::span<const Command> engine_commands() { return kCommands; }

}  // namespace bao::cli
