// bao namespace …; namespace_seal.cc locks and seals them.
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/namespace_seal.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/pgp_keys.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;

std::string path_of(const Invocation& run) { return "sys/namespaces/" + trimmed(run.arguments()[0]); }

// What is known of a namespace, by the reference's names.
Json document(const Json& data) {
  Json out = Json::object();
  for (const char* name : {"custom_metadata", "id", "locked", "path", "tainted", "uuid"}) out.set(name, data[name]);
  return out;
}

int print_document(Invocation& run, const Json& document) {
  if (!run.field().empty()) return print_field(run.ui(), document.find(run.field()), run.field());
  return print_data(run.ui(), document);
}

using Find = base::Result<std::optional<Secret>> (Session::*)(const std::string&, Query);

int print_found(Invocation& run, Find find, const std::string& doing) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto found = (session->*find)("sys/namespaces", {});
  if (!found.ok()) return run.fail("Error " + doing + " namespaces: " + found.error().message());
  const bool any = *found && (*found)->keys() != nullptr;
  if (!any && run.table()) return run.fail("No namespaces found");
  if (!any) {
    print_data(run.ui(), Json::object());
    return 2;
  }
  if ((*found)->wrapped()) return print_secret(run.ui(), **found);
  if (run.flags().boolean("detailed") && !run.table()) return print_data(run.ui(), (*found)->data["key_info"]);
  return print_list(run.ui(), **found);
}

int list(Invocation& run) { return print_found(run, &Session::list, "listing"); }
int scan(Invocation& run) { return print_found(run, &Session::scan, "scanning"); }

int lookup(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto found = session->read(path_of(run));
  if (!found.ok()) return run.fail("Error looking up namespace: " + found.error().message());
  if (!*found) return run.fail("Namespace not found");
  return print_document(run, document((*found)->data));
}

Json pairs_or_null(const std::map<std::string, std::string>& pairs) {
  Json out;
  for (const auto& [name, value] : pairs) {
    if (out.is_null()) out = Json::object();
    out.set(name, Json(value));
  }
  return out;
}

// The seal stanza of a namespace that has a seal of its own; empty: none.
base::Result<std::string> seal_stanza(const FlagValues& flags) {
  if (!flags.text("seal").empty()) return read_file(flags.text("seal"));
  const int64_t shares = flags.integer("key-shares"), threshold = flags.integer("key-threshold");
  if (shares == 0 && threshold == 0) return std::string();
  return "seal \"shamir\" {\n    shares = " + std::to_string(shares) + "\n    threshold = " + std::to_string(threshold) + "\n}";
}

void print_shares(Invocation& run, const Json& shares, const std::string& threshold) {
  size_t number = 0;
  for (const Json& share : shares.items()) run.ui().output("Unseal Key " + std::to_string(++number) + ": " + share.as_string());
  run.ui().output("\n" + wrap("Namespace initialized with " + std::to_string(number) + " key shares and a key threshold of " + threshold +
                              ". Please securely distribute the key shares printed above. When the namespace is re-sealed, you must "
                              "supply at least " + threshold + " of these keys to unseal it.") + "\n");
}

int create(Invocation& run) {
  if (!run.takes(1)) return 1;
  const auto keys = pgp_keys_of(run.flags(), "pgp-keys");
  if (!keys.ok()) return run.fail(1, keys.error().message());
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto seal = seal_stanza(run.flags());
  if (!seal.ok()) return run.fail("Error reading seal config file: " + seal.error().message());
  Json body = Json::record({{"custom_metadata", pairs_or_null(run.flags().map("custom-metadata"))}});
  if (!seal->empty()) body.set("seal", Json(*seal));
  if (!keys->empty()) body.set("pgp_keys", Json::strings(*keys));
  const auto made = session->post(path_of(run), body);
  if (!made.ok()) return run.fail("Error creating namespace: " + made.error().message());
  const Json data = *made ? (*made)->data : Json();
  const Json& shares = data["key_shares"];
  Json shown = document(data);
  const bool sealable = shares.size() > 0;
  if (sealable && run.table()) print_shares(run, shares, data["key_threshold"].text());
  if (sealable && (!run.table() || !run.field().empty())) {
    shown.set("key_shares", shares);
    shown.set("key_threshold", data["key_threshold"]);
  }
  return print_document(run, shown);
}

int patch(Invocation& run) {
  if (!run.takes(1)) return 1;
  Json metadata = pairs_or_null(run.flags().map("custom-metadata"));
  if (metadata.is_null()) metadata = Json::object();
  for (const std::string& name : run.flags().list("remove-custom-metadata")) metadata.set(name, Json());
  if (metadata.size() == 0) return run.fail(1, "Must supply at least one of -custom-metadata or -remove-custom-metadata");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto patched = session->merge_patch(path_of(run), Json::object({{"custom_metadata", metadata}}));
  const bool absent = !patched.ok() && patched.error().message().find("\nCode: 404. ") != std::string::npos;
  if (absent) return run.fail("Namespace not found");
  if (!patched.ok()) return run.fail("Error patching namespace: " + patched.error().message());
  return print_document(run, document(*patched ? (*patched)->data : Json()));
}

// Both ways to delete answer while the deletion goes on; of a namespace that isn't there nothing comes back.
int print_deletion(Invocation& run, const base::Result<std::optional<Secret>>& deleted, const std::string& doing) {
  if (!deleted.ok()) return run.fail("Error " + doing + ": " + deleted.error().message());
  if (!*deleted || (*deleted)->data.is_null()) {
    run.ui().warn("Requested namespace does not exist");
    return 0;
  }
  for (const Json& warning : (*deleted)->warnings.items()) run.ui().warn(warning.as_string());
  return run.succeed("Success! Namespace deletion scheduled: " + with_trailing_slash(trimmed(run.arguments()[0])));
}

int remove(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  return print_deletion(run, session->remove(path_of(run)), "deleting namespace");
}

int remove_sealed(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const Query query = run.flags().boolean("force") ? Query{{"force", "true"}} : Query{};
  return print_deletion(run, session->remove(path_of(run) + "/delete-sealed", query), "deleting sealed namespace");
}

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
     .run = create},
    {.path = "namespace delete", .synopsis = "Delete an existing namespace",
     .usage = "[options] PATH",
     .text = "  Deletes a namespace and all in it, for good.",
     .run = remove},
    {.path = "namespace delete-sealed", .synopsis = "Delete a sealed namespace",
     .usage = "[options] PATH",
     .text = "  Deletes a namespace that is sealed and all in it, for good.",
     .flags = kNamespaceDeleteSealedFlags,
     .run = remove_sealed},
    {.path = "namespace list", .synopsis = "List child namespaces",
     .usage = "[options]",
     .text = "  Lists the namespaces right below the one in use.",
     .output = kFormat,
     .flags = kNamespaceListFlags,
     .run = list},
    {.path = "namespace lock", .synopsis = "Lock the API for particular namespaces",
     .usage = "PATH",
     .text = "  Locks the API of a namespace and those below it, and prints the key that unlocks it.",
     .output = kFormat,
     .run = lock_namespace},
    {.path = "namespace lookup", .synopsis = "Look up an existing namespace",
     .usage = "[options] PATH",
     .text = "  Shows what is known of a namespace.",
     .output = kFormat,
     .run = lookup},
    {.path = "namespace patch", .synopsis = "Patch an existing namespace",
     .usage = "[options] PATH",
     .text = "  Changes what is kept with a namespace.\n\n      $ bao namespace patch -custom-metadata=owner=dev team",
     .output = kFormatField,
     .flags = kNamespacePatchFlags,
     .run = patch},
    {.path = "namespace scan", .synopsis = "List all (child) namespaces recursively",
     .usage = "[options]",
     .text = "  Lists the namespaces below the one in use at any depth.",
     .output = kFormat,
     .flags = kNamespaceScanFlags,
     .run = scan},
    {.path = "namespace seal", .synopsis = "Seals the namespace",
     .usage = "[options] PATH",
     .text = "  Seals a namespace that has its own seal.",
     .run = seal_namespace},
    {.path = "namespace seal-status", .synopsis = "Prints the namespace seal status",
     .usage = "[options] PATH",
     .text = "  Shows whether a namespace is sealed.",
     .run = show_namespace_seal},
    {.path = "namespace unlock", .synopsis = "Unlock the API for particular namespaces",
     .usage = "[options] PATH",
     .text = "  Unlocks the API of a namespace.",
     .output = kFormat,
     .run = unlock_namespace},
    {.path = "namespace unseal", .synopsis = "Unseals the namespace",
     .usage = "[options] PATH [KEY]",
     .text = "  Gives a share of a namespace's unseal key; it is asked for unless given.",
     .output = kFormat,
     .flags = kNamespaceUnsealFlags,
     .run = unseal_namespace},
};

}  // namespace

std::span<const Command> namespace_commands() { return kCommands; }

}  // namespace bao::cli
