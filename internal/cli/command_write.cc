// bao write, patch, delete, unwrap.
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/write_output.h"

namespace bao::cli {
namespace {

using codec::Json;

std::vector<std::string> after_first(const std::vector<std::string>& arguments) {
  return {arguments.begin() + 1, arguments.end()};
}

// The data of write and patch; nothing when it was said what is wrong.
std::optional<Json> data_of(Invocation& run) {
  if (run.arguments().empty()) {
    run.fail("Not enough arguments (expected 1, got 0)");
    return std::nullopt;
  }
  if (run.arguments().size() == 1 && !run.flags().boolean("force")) {
    run.fail("Must supply data or use -force");
    return std::nullopt;
  }
  auto data = parse_key_values(after_first(run.arguments()), run.no_stdin());
  if (data.ok()) return std::move(data).value();
  run.fail("Failed to parse K=V data: " + data.error().message());
  return std::nullopt;
}

int write(Invocation& run) {
  const auto data = data_of(run);
  if (!data) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  return print_written(run, run.path_argument(), session->write(run.path_argument(), *data));
}

int patch(Invocation& run) {
  const auto data = data_of(run);
  if (!data) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  return print_written(run, run.path_argument(), session->merge_patch(run.path_argument(), *data));
}

int remove(Invocation& run) {
  if (run.arguments().empty()) return run.fail(1, "Not enough arguments (expected at least 1, got 0)");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto query = parse_query_arguments(after_first(run.arguments()), run.no_stdin());
  if (!query.ok()) return run.fail(1, "Failed to parse string list data: " + query.error().message());
  return print_deleted(run, run.path_argument(), session->remove(run.path_argument(), *query));
}

int unwrap(Invocation& run) {
  if (!run.takes(0, 1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto secret = session->unwrap(run.arguments().empty() ? "" : trimmed(run.arguments()[0]));
  if (!secret.ok()) return run.fail("Error unwrapping: " + secret.error().message());
  if (!*secret) {
    if (run.table()) run.ui().output("Successfully unwrapped. There was no data in the wrapped secret.");
    return 0;
  }
  if (!run.field().empty()) return print_field(run.ui(), **secret, run.field());
  return (*secret)->keys() != nullptr ? print_list(run.ui(), **secret) : print_secret(run.ui(), **secret);
}

constexpr Flag kForceFlag[] = {
    {.name = "force", .kind = FlagKind::boolean, .text = "Go on without data; for paths that need none.", .fallback = "false",
     .alias = "f"},
};

constexpr Command kCommands[] = {
    {.path = "write", .synopsis = "Write data, configuration, and secrets", .usage = "[options] PATH [DATA K=V...]",
     .text = "  Writes data to a path, in place of what is there. Values are given as K=V; K=@file takes a file's content,\n"
             "  K=- stdin's; a lone @file or - is a whole JSON object.\n\n"
             "      $ bao write kv/app/database user=app password=@password.txt\n\n"
             "  Have a key made where no data is needed:\n\n      $ bao write -force transit/keys/app",
     .output = kFormatField, .flags = kForceFlag, .run = write},
    {.path = "patch", .synopsis = "Patch data, configuration, and secrets", .usage = "[options] PATH [DATA K=V...]",
     .text = "  Changes only the members that are given of what is at a path (JSON merge patch); data is given as for\n"
             "  \"bao write\".\n\n      $ bao patch pki/roles/example allow_localhost=false",
     .output = kFormatField, .flags = kForceFlag, .run = patch},
    {.path = "delete", .synopsis = "Delete secrets and configuration", .usage = "[options] PATH",
     .text = "  Deletes what is at a path. What that means is up to the engine there.\n\n      $ bao delete kv/app/database",
     .output = kFormatField, .run = remove},
    {.path = "unwrap", .synopsis = "Unwrap a wrapped secret", .usage = "[options] [TOKEN]",
     .text = "  Takes out what is wrapped in a token, which works once. Without a token given, the one in use is unwrapped.\n\n"
             "      $ bao unwrap s.oQ7Z3kzgHNkTPtHmCeDcDjDP",
     .output = kFormatField, .run = unwrap},
};

}  // namespace

std::span<const Command> write_commands() { return kCommands; }

}  // namespace bao::cli
