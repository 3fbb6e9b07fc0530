// bao status.
#include "internal/cli/invocation.h"
#include "internal/cli/seal_status.h"

namespace bao::cli {
namespace {

constexpr int kSealed = 2;  // so every failure is 1 here

int status(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 1;
  session->set_namespace("");  // a namespace answers only once the node is unsealed
  const auto response = session->call("GET", "sys/seal-status");
  if (!response.ok()) return run.fail(1, "Error checking seal status: " + response.error().message());
  const auto seal = codec::parse_json(response->body);
  if (!seal.ok()) return run.fail(1, "Error checking seal status: " + seal.error().message());
  const int code = print_seal_status(run, *session, *seal);
  return (*seal)["sealed"].as_bool() ? kSealed : code;
}

constexpr Command kCommands[] = {
    {.path = "status", .synopsis = "Print seal and HA status", .usage = "[options]",
     .text = "  Shows whether the server is initialised and sealed, and its part in the cluster. Works on a sealed server.\n\n"
             "  The exit status tells too:\n\n      - 0 - unsealed\n      - 1 - error\n      - 2 - sealed",
     .output = kFormat, .run = status},
};

}  // namespace

std::span<const Command> status_commands() { return kCommands; }

}  // namespace bao::cli
