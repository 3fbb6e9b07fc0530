// bao namespace …
#include "internal/cli/invocation.h"

namespace bao::cli {
namespace {

constexpr Flag kNamespaceCreateFlags[] = {
    {.name = "custom-metadata", .kind = FlagKind::map,
     .text = "A name and a value to keep with the namespace. May be repeated."},
    {.name = "key-shares", .kind = FlagKind::integer,
     .text = "Into how many shares the key is split.",
     .alias = "n", .section = "Seal Options"},
    {.name = "key-threshold", .kind = FlagKind::integer,
     .text = "How many shares are needed.",
     .alias = "t", .section = "Seal Options"},
    {.name = "pgp-keys", .kind = FlagKind::keys,
     .text = "Files with PGP public keys, as many as shares, with commas between them; each share is encrypted for "
             "one.",
     .section = "Seal Options"},
    {.name = "seal",
     .text = "A file with the seal stanza (HCL) of a namespace that has its own seal.",
     .section = "Seal Options"},
};
constexpr Flag kNamespaceDeleteSealedFlags[] = {
    {.name = "force", .kind = FlagKind::boolean,
     .text = "Go on although what it keeps cannot be read.",
     .fallback = "false"},
};
constexpr Flag kNamespaceListFlags[] = {
    {.name = "detailed", .kind = FlagKind::boolean,
     .text = "Show more of each entry.",
     .fallback = "false"},
};
constexpr Flag kNamespacePatchFlags[] = {
    {.name = "custom-metadata", .kind = FlagKind::map,
     .text = "A name and a value to keep with the namespace. May be repeated."},
    {.name = "remove-custom-metadata", .kind = FlagKind::list,
     .text = "A name to take away. May be repeated."},
};
constexpr Flag kNamespaceScanFlags[] = {
    {.name = "detailed", .kind = FlagKind::boolean,
     .text = "Show more of each entry.",
     .fallback = "false"},
};
constexpr Flag kNamespaceUnsealFlags[] = {
    {.name = "reset", .kind = FlagKind::boolean,
     .text = "Forget the key shares given so far.",
     .fallback = "false"},
};

constexpr Command kCommands[] = {
    {.path = "namespace", .synopsis = "Interact with namespaces",
     .usage = "<subcommand> [options] [args]",
     .text = "  Makes, shows, locks and deletes namespaces: parts of a server that are run as if they were servers "
             "of their own.\n\n      $ bao namespace create team"},
    {.path = "namespace create", .synopsis = "Create a new namespace",
     .usage = "[options] PATH",
     .text = "  Makes a namespace.\n\n      $ bao namespace create -custom-metadata=owner=ops team",
     .output = kFormatField,
     .flags = kNamespaceCreateFlags,
     .run = not_there_yet},
    {.path = "namespace delete", .synopsis = "Delete an existing namespace",
     .usage = "[options] PATH",
     .text = "  Deletes a namespace and all in it, for good.",
     .run = not_there_yet},
    {.path = "namespace delete-sealed", .synopsis = "Delete a sealed namespace",
     .usage = "[options] PATH",
     .text = "  Deletes a namespace that is sealed and all in it, for good.",
     .flags = kNamespaceDeleteSealedFlags,
     .run = not_there_yet},
    {.path = "namespace list", .synopsis = "List child namespaces",
     .usage = "[options]",
     .text = "  Lists the namespaces right below the one in use.",
     .output = kFormat,
     .flags = kNamespaceListFlags,
     .run = not_there_yet},
    {.path = "namespace lock", .synopsis = "Lock the API for particular namespaces",
     .usage = "PATH",
     .text = "  Locks the API of a namespace and those below it, and prints the key that unlocks it.",
     .output = kFormat,
     .run = not_there_yet},
    {.path = "namespace lookup", .synopsis = "Look up an existing namespace",
     .usage = "[options] PATH",
     .text = "  Shows what is known of a namespace.",
     .output = kFormat,
     .run = not_there_yet},
    {.path = "namespace patch", .synopsis = "Patch an existing namespace",
     .usage = "[options] PATH",
     .text = "  Changes what is kept with a namespace.\n\n      $ bao namespace patch -custom-metadata=owner=dev team",
     .output = kFormatField,
     .flags = kNamespacePatchFlags,
     .run = not_there_yet},
    {.path = "namespace scan", .synopsis = "List all (child) namespaces recursively",
     .usage = "[options]",
     .text = "  Lists the namespaces below the one in use at any depth.",
     .output = kFormat,
     .flags = kNamespaceScanFlags,
     .run = not_there_yet},
    {.path = "namespace seal", .synopsis = "Seals the namespace",
     .usage = "[options] PATH",
     .text = "  Seals a namespace that has its own seal.",
     .run = not_there_yet},
    {.path = "namespace seal-status", .synopsis = "Prints the namespace seal status",
     .usage = "[options] PATH",
     .text = "  Shows whether a namespace is sealed.",
     .run = not_there_yet},
    {.path = "namespace unlock", .synopsis = "Unlock the API for particular namespaces",
     .usage = "[options] PATH",
     .text = "  Unlocks the API of a namespace.",
     .output = kFormat,
     .run = not_there_yet},
    {.path = "namespace unseal", .synopsis = "Unseals the namespace",
     .usage = "[options] PATH [KEY]",
     .text = "  Gives a share of a namespace's unseal key; it is asked for unless given.",
     .output = kFormat,
     .flags = kNamespaceUnsealFlags,
     .run = not_there_yet},
};

}  // namespace

std::span<const Command> namespace_commands() { return kCommands; }

}  // namespace bao::cli
