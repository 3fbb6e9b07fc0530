#include "internal/cli/namespace_seal.h"

#include "internal/cli/go_values.h"
#include "internal/cli/key_share.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/seal_status.h"

namespace bao::cli {
namespace {

using codec::Json;

// The namespace in use, or the one below it that is named.
std::string lock_path(const Invocation& run, const std::string& verb) {
  const std::string below = run.path_argument();
  return "sys/namespaces/api-lock/" + verb + (below.empty() ? "" : "/" + below);
}

bool names_one_at_most(Invocation& run) {
  const size_t count = run.arguments().size();
  if (count > 1) run.fail("Too many arguments (expected 0 or 1, got " + std::to_string(count) + ")");
  return count <= 1;
}

std::string path_of(const Invocation& run, const std::string& part) {
  return "sys/namespaces/" + trimmed(run.arguments()[0]) + "/" + part;
}

int print_status(Invocation& run, const base::Result<std::optional<Secret>>& status, const std::string& doing) {
  if (!status.ok()) return run.fail("Error " + doing + ": " + status.error().message());
  if (!*status) return run.fail("Error " + doing + ": the server has nothing there");
  return print_seal(run, (*status)->data);
}

}  // namespace

int lock_namespace(Invocation& run) {
  if (!names_one_at_most(run)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto locked = session->write(lock_path(run, "lock"), Json());
  if (!locked.ok()) return run.fail("Error locking namespace: " + locked.error().message());
  const Json data = *locked ? (*locked)->data : Json();
  if (!run.table()) return print_data(run.ui(), data);
  return run.succeed("Unlock Key: " + data["unlock_key"].as_string() +
                     "\n\nNamespace is now locked. Please securely store the unlock key printed above.\n"
                     "You must supply the unlock key to re-enable access to the namespace.\n"
                     "If the unlock key is lost, sudo capability is required to unlock the namespace without it.");
}

int unlock_namespace(Invocation& run) {
  if (!names_one_at_most(run)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto unlocked = session->write(lock_path(run, "unlock"), Json::object({{"unlock_key", Json(run.flags().text("unlock-key"))}}));
  if (!unlocked.ok()) return run.fail("Error unlocking namespace: " + unlocked.error().message());
  if (!*unlocked || (*unlocked)->warnings.size() == 0) return run.succeed("Namespace unlocked successfully!");
  run.ui().warn((*unlocked)->warnings.items()[0].as_string());
  return 0;
}

int seal_namespace(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto sealed = session->call("PUT", path_of(run, "seal"));
  if (!sealed.ok()) return run.fail("Error sealing: " + sealed.error().message());
  return run.succeed("Success! Namespace " + go_quoted(trimmed(run.arguments()[0])) + " is sealed.");
}

int unseal_namespace(Invocation& run) {
  if (!run.takes(1, 2)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const bool reset = run.flags().boolean("reset");
  const auto key = reset ? std::string() : take_unseal_key(run, 1);
  if (!key) return 1;
  const auto status = session->write(path_of(run, "unseal"), Json::object({{"key", Json(*key)}, {"reset", Json(reset)}}));
  return print_status(run, status, reset ? "resetting unseal process" : "unsealing");
}

int show_namespace_seal(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  return print_status(run, session->read(path_of(run, "seal-status")), "reading seal status");
}

}  // namespace bao::cli
