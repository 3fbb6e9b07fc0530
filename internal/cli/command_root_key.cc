// bao operator generate-root, rotate-keys, rekey.
#include "internal/cli/generate_root.h"
#include "internal/cli/invocation.h"
#include "internal/cli/rotate_keys.h"

namespace bao::cli {
namespace {

constexpr Flag kOperatorGenerateRootFlags[] = {
    {.name = "cancel", .kind = FlagKind::boolean,
     .text = "End the attempt and forget the shares given so far.",
     .fallback = "false"},
    {.name = "decode",
     .text = "An encoded token to decode, or - for stdin; with -otp."},
    {.name = "generate-otp", .kind = FlagKind::boolean,
     .text = "Print a one-time password for -otp.",
     .fallback = "false"},
    {.name = "init", .kind = FlagKind::boolean,
     .text = "Begin an attempt.",
     .fallback = "false"},
    {.name = "nonce",
     .text = "The attempt that the share is for."},
    {.name = "otp",
     .text = "The one-time password by which the token is encoded."},
    {.name = "pgp-key",
     .text = "A file with the PGP public key that the token is encrypted for.",
     .example = "keybase:user"},
    {.name = "recovery-token", .kind = FlagKind::boolean,
     .text = "Make a token for a server in recovery mode.",
     .fallback = "false"},
    {.name = "status", .kind = FlagKind::boolean,
     .text = "Show how far the attempt is.",
     .fallback = "false"},
};
constexpr Flag kOperatorRotateKeysFlags[] = {
    {.name = "cancel", .kind = FlagKind::boolean,
     .text = "End the attempt and forget the shares given so far.",
     .fallback = "false", .section = "Common Options"},
    {.name = "init", .kind = FlagKind::boolean,
     .text = "Begin an attempt.",
     .fallback = "false", .section = "Common Options"},
    {.name = "key-shares", .kind = FlagKind::integer,
     .text = "Into how many shares the key is split.",
     .fallback = "5", .alias = "n", .section = "Common Options"},
    {.name = "key-threshold", .kind = FlagKind::integer,
     .text = "How many shares are needed.",
     .fallback = "3", .alias = "t", .section = "Common Options"},
    {.name = "nonce",
     .text = "The attempt that the share is for.",
     .section = "Common Options"},
    {.name = "pgp-keys", .kind = FlagKind::keys,
     .text = "Files with PGP public keys, as many as shares, with commas between them; each share is encrypted for "
             "one.",
     .section = "Common Options"},
    {.name = "status", .kind = FlagKind::boolean,
     .text = "Show how far the attempt is.",
     .fallback = "false", .section = "Common Options"},
    {.name = "target",
     .text = "Whose key: \"barrier\" or \"recovery\".",
     .fallback = "barrier", .section = "Common Options"},
    {.name = "verify", .kind = FlagKind::boolean,
     .text = "Give the new shares back to show that they were received.",
     .fallback = "false", .section = "Common Options"},
    {.name = "backup", .kind = FlagKind::boolean,
     .text = "Have the encrypted shares kept by the server; with -pgp-keys.",
     .fallback = "false", .section = "Backup Options"},
    {.name = "backup-delete", .kind = FlagKind::boolean,
     .text = "Delete the shares that the server keeps.",
     .fallback = "false", .section = "Backup Options"},
    {.name = "backup-retrieve", .kind = FlagKind::boolean,
     .text = "Print the shares that the server keeps.",
     .fallback = "false", .section = "Backup Options"},
};

constexpr Command kCommands[] = {
    {.path = "operator generate-root", .synopsis = "Generates a new root token",
     .usage = "[options] [KEY]",
     .text = "  Makes a root token with the help of those who hold shares of the unseal key.\n\n      $ bao operator "
             "generate-root -init\n      $ bao operator generate-root",
     .output = kFormat,
     .flags = kOperatorGenerateRootFlags,
     .run = generate_root},
    {.path = "operator rotate-keys", .synopsis = "Rotates barrier root key, unseal keys or recovery keys depending on parameters and the type of seal used.",
     .usage = "[options] [KEY]",
     .text = "  Makes new shares of the unseal or recovery key with the help of those who hold the present "
             "ones.\n\n      $ bao operator rotate-keys -init -key-shares=5 -key-threshold=3\n      $ bao operator "
             "rotate-keys",
     .output = kFormat,
     .flags = kOperatorRotateKeysFlags,
     .run = rotate_keys},
    {.path = "operator rekey", .synopsis = "Generates new unseal keys",
     .usage = "[options] [KEY]",
     .text = "  The former way of \"bao operator rotate-keys\", by unauthenticated endpoints that have to be enabled.",
     .output = kFormat,
     .flags = kOperatorRotateKeysFlags,
     .run = rekey},
};

}  // namespace

std::span<const Command> root_key_commands() { return kCommands; }

}  // namespace bao::cli
