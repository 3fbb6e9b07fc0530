// bao version, version-history, path-help, print token.
#include "internal/cli/invocation.h"
#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/output.h"
#include "internal/cli/version.h"

namespace bao::cli {
namespace {

using codec::Json;

int version(Invocation& run) { return run.succeed(version_line()); }

int print_token(Invocation& run) {
  Session* session = run.session();
  if (session == nullptr) return 2;
  return run.succeed(session->token());
}

int version_history(Invocation& run) {
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto secret = session->list("sys/version-history");
  if (!secret.ok()) return run.fail("Error reading version history: " + secret.error().message());
  if (!*secret || (*secret)->data.is_null()) return run.fail("Invalid response returned from Vault");
  if ((*secret)->keys() == nullptr) return run.fail("Expected keys in response to be an array");
  run.ui().warn("\nNote:\nUse of this command requires a server running Vault 1.10.0 or greater.\n"
                "Version tracking was added in 1.9.0. Earlier versions have not been tracked.\n\n");
  if (run.ui().format() == Format::json) return print_data(run.ui(), (*secret)->to_json());
  std::vector<Row> rows = {{"Version", "Installation Time", "Commit Date"}};
  for (const Json& key : (*secret)->keys()->items()) {
    const Json& info = (*secret)->data["key_info"][key.as_string()];
    const Json& built = info["commit_date"].is_null() ? info["build_date"] : info["commit_date"];
    rows.push_back({key.as_string(), go_value(info["timestamp_installed"]), go_value(built)});
  }
  return run.succeed(table(rows, "  "));  // narrower than other tables, as the reference's
}

int path_help(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", run.path_argument(), {}, {{"help", "1"}});
  if (!response.ok()) {
    if (response.error().message().find("Vault is sealed") == std::string::npos) {
      return run.fail("Error retrieving help: " + response.error().message());
    }
    return run.fail("Error: Vault is sealed.\n\nThe \"path-help\" command requires the Vault to be unsealed so that the mount\n"
                    "points of the secret engines are known.");
  }
  const auto help = codec::parse_json(response->body, {}, codec::Trailing::tolerate_json);
  if (!help.ok()) return run.fail("Error retrieving help: " + help.error().message());
  if (run.ui().format() == Format::json) return run.succeed(codec::write_json((*help)["openapi"]));
  return run.succeed((*help)["help"].as_string());
}

constexpr Command kCommands[] = {
    {.path = "version", .synopsis = "Prints the version of this program", .usage = "",
     .text = "  Prints the version of this program. A server may have another one: see \"bao status\".", .run = version,
     .reading = Reading::verbatim, .hidden = true},
    {.path = "version-history", .synopsis = "Prints the version history of the target Vault server", .usage = "",
     .text = "  Shows which versions the server's data has been served by, and since when.", .output = kFormat,
     .run = version_history},
    {.path = "path-help", .synopsis = "Retrieve API help for paths", .usage = "[options] PATH",
     .text = "  Shows what a path takes and gives: the operations there, their parameters, and the paths below it.\n\n"
             "      $ bao path-help secret\n\n  With -format=json it is an OpenAPI document.",
     .output = kFormat, .run = path_help},
    {.path = "print", .synopsis = "Prints runtime configurations", .usage = "<subcommand>",
     .text = "  Prints what the command line works with."},
    {.path = "print token", .synopsis = "Prints the OpenBao token currently in use", .usage = "",
     .text = "  Prints the token that commands send: that of BAO_TOKEN, else that of the token helper.\n\n      $ bao print token",
     .run = print_token, .reading = Reading::verbatim},
};

}  // namespace

std::span<const Command> version_commands() { return kCommands; }

}  // namespace bao::cli
