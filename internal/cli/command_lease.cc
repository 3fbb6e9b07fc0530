// bao lease lookup, renew, revoke.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;

// Whether there is one id; says so where not.
bool takes_id(Invocation& run, std::string_view expected) {
  if (run.arguments().size() == 1) return true;
  run.fail(run.arguments().empty()
               ? "Missing ID!"
               : "Too many arguments (expected " + std::string(expected) + ", got " + std::to_string(run.arguments().size()) + ")");
  return false;
}

int print_call(Invocation& run, const std::string& what, const std::string& path, const Json& body) {
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("PUT", path, body);
  if (!response.ok()) return run.fail(what + ": " + response.error().message());
  const auto secret = parse_secret(response->body);
  if (!secret.ok()) return run.fail(what + ": " + secret.error().message());
  return print_secret(run.ui(), *secret ? **secret : Secret());
}

int lookup(Invocation& run) {
  if (!takes_id(run, "1")) return 1;
  const std::string id = trimmed(run.arguments()[0]);
  return print_call(run, "error looking up lease id " + id, "sys/leases/lookup", Json::object({{"lease_id", Json(id)}}));
}

int renew(Invocation& run) {
  if (!takes_id(run, "1-2")) return 1;
  const std::string id = trimmed(run.arguments()[0]);
  const Json increment(std::max<int64_t>(base::whole_seconds(run.flags().duration("increment")), 0));
  return print_call(run, "Error renewing " + id, "sys/leases/renew",
                    Json::object({{"increment", increment}, {"lease_id", Json(id)}}));
}

int revoke(Invocation& run) {
  if (!run.takes(1)) return 1;
  const bool force = run.flags().boolean("force"), prefix = run.flags().boolean("prefix"), sync = run.flags().boolean("sync");
  if (force && !prefix) return run.fail(1, "Specifying -force requires also specifying -prefix");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string id = trimmed(run.arguments()[0]);
  if (force) {
    run.ui().warn(wrap("Warning! Force-removing leases can cause OpenBao to become out of sync with secret engines!"));
  }
  const auto response = force    ? session->call("PUT", "sys/leases/revoke-force/" + id)
                        : prefix ? session->call("PUT", "sys/leases/revoke-prefix/" + id, Json::object({{"sync", Json(sync)}}))
                                 : session->call("PUT", "sys/leases/revoke/" + id, Json::object({{"sync", Json(sync)}}));
  if (!response.ok()) {
    const std::string what = force    ? "Error force revoking leases with prefix "
                             : prefix ? "Error revoking leases with prefix "
                                      : "Error revoking lease ";
    return run.fail(what + id + ": " + response.error().message());
  }
  if (force) return run.succeed("Success! Force revoked any leases with prefix: " + id);
  if (!sync) return run.succeed("All revocation operations queued successfully!");
  return run.succeed((prefix ? "Success! Revoked any leases with prefix: " : "Success! Revoked lease: ") + id);
}

constexpr Flag kRenewFlags[] = {
    {.name = "increment", .kind = FlagKind::duration, .text = "How much longer the lease is to last; the engine may give less.",
     .alias = "i"}};
constexpr Flag kRevokeFlags[] = {
    {.name = "force", .kind = FlagKind::boolean,
     .text = "Forget leases even when their engine fails to end them. With this flag -prefix has to be given too.", .fallback = "false", .alias = "f"},
    {.name = "prefix", .kind = FlagKind::boolean, .text = "The argument is the beginning of many leases' ids.", .fallback = "false"},
    {.name = "sync", .kind = FlagKind::boolean, .text = "Wait until it is done.", .fallback = "false"}};

constexpr Command kCommands[] = {
    {.path = "lease", .synopsis = "Interact with leases", .usage = "<subcommand> [options] [args]",
     .text = "  Shows, renews and ends the leases under which secrets are given out.\n\n"
             "      $ bao lease renew database/creds/app/8wmTBUA5bJvGLFuPKN4uQyTo"},
    {.path = "lease lookup", .synopsis = "Lookup the lease of a secret", .usage = "ID",
     .text = "  Shows what is known of a lease.", .output = kFormat, .run = lookup},
    {.path = "lease renew", .synopsis = "Renews the lease of a secret", .usage = "[options] ID",
     .text = "  Gives a lease more time.\n\n      $ bao lease renew -increment=1h database/creds/app/8wmTBUA5bJvGLFuPKN4uQyTo",
     .output = kFormat, .flags = kRenewFlags, .run = renew},
    {.path = "lease revoke", .synopsis = "Revokes leases and secrets", .usage = "[options] ID",
     .text = "  Ends a lease, or all below a prefix, and with it the secret.\n\n      $ bao lease revoke -prefix database/creds/app/",
     .flags = kRevokeFlags, .run = revoke},
};

}  // namespace

std::span<const Command> lease_commands() { return kCommands; }

}  // namespace bao::cli
