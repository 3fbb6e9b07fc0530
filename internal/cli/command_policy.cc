// bao policy list, read, write, delete, fmt.
#include <fstream>

#include "internal/base/letters.h"
#include "internal/cli/environment.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/codec/hcl_format.h"

namespace bao::cli {
namespace {

using codec::Json;

int list(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", "sys/policies/acl", {}, {{"list", "true"}});
  if (!response.ok()) return run.fail("Error listing policies: " + response.error().message());
  const auto secret = parse_secret(response->body);
  if (!secret.ok() || !*secret || (*secret)->data.is_null()) {
    return run.fail("Error listing policies: data from server response is empty");
  }
  const Json& names = (*secret)->data["keys"];
  if (!run.table()) return print_data(run.ui(), names);
  for (const Json& name : names.items()) run.ui().output(name.as_string());
  return 0;
}

int read(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string name = base::lower_case(trimmed(run.arguments()[0]));
  const auto response = session->send({"GET", "/v1/sys/policies/acl/" + name, {}, {}, ""});
  const std::string what = "Error reading policy named " + name + ": ";
  if (!response.ok()) return run.fail(what + response.error().message());
  if (response->status == 404) return run.fail("No policy named: " + name);
  if (!api::succeeded(*response)) return run.fail(what + api::error_text(*response));
  const auto secret = parse_secret(response->body);
  if (!secret.ok() || !*secret || (*secret)->data.is_null()) return run.fail(what + "data from server response is empty");
  const Json& rules = (*secret)->data["policy"];
  if (rules.as_string().empty()) return run.fail("No policy named: " + name);  // as of root, which has no rules
  if (!run.table()) return print_data(run.ui(), Json::object({{"policy", rules}}));
  return run.succeed(trimmed(rules.as_string()));
}

int write(Invocation& run) {
  if (!run.takes(2)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string& given = run.arguments()[0];
  const std::string name = trimmed(base::lower_case(given)), file = trimmed(run.arguments()[1]);
  const auto rules = file == "-" ? base::Result<std::string>(read_stdin()) : read_file(file);
  if (!rules.ok()) return run.fail("Error opening policy file: " + rules.error().message());
  const auto response = session->call("PUT", "sys/policies/acl/" + name, Json::object({{"policy", Json(*rules)}}));
  if (!response.ok()) return run.fail("Error uploading policy: " + response.error().message());
  if (given != name) run.ui().warn("Policy name was converted from \"" + given + "\" to \"" + name + "\"");
  return run.succeed("Success! Uploaded policy: " + name);
}

int remove(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string name = base::lower_case(trimmed(run.arguments()[0]));
  const auto response = session->call("DELETE", "sys/policies/acl/" + name);
  if (!response.ok()) return run.fail("Error deleting " + name + ": " + response.error().message());
  return run.succeed("Success! Deleted policy: " + name);
}

// Reads and lays the file out anew; what its rules mean is for the server to judge, when the policy is written.
int format(Invocation& run) {
  if (!run.takes(1)) return 1;
  const std::string path = expand_home(trimmed(run.arguments()[0]));
  const auto text = read_file(path);
  if (!text.ok()) return run.fail(1, "Error reading source file: " + text.error().message());
  const auto formatted = codec::format_hcl(*text);
  if (!formatted.ok()) return run.fail(1, "failed to parse policy: " + formatted.error().message());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << *formatted;
  if (!file.flush()) return run.fail(1, "Error writing result: cannot write " + path);
  return run.succeed("Success! Formatted policy: " + path);
}

constexpr Command kCommands[] = {
    {.path = "policy", .synopsis = "Interact with policies", .usage = "<subcommand> [options] [args]",
     .text = "  Shows and changes policies, which say what tokens may do.\n\n      $ bao policy write app app.hcl\n"
             "      $ bao policy read app"},
    {.path = "policy list", .synopsis = "Lists the installed policies", .usage = "[options]",
     .text = "  Lists the names of all policies.", .output = kFormat, .run = list},
    {.path = "policy read", .synopsis = "Prints the contents of a policy", .usage = "[options] [NAME]",
     .text = "  Prints a policy.\n\n      $ bao policy read app", .output = kFormat, .run = read},
    {.path = "policy write", .synopsis = "Uploads a named policy from a file", .usage = "[options] NAME PATH",
     .text = "  Makes or replaces a policy by what a file holds, or stdin with - for the path.\n\n"
             "      $ bao policy write app app.hcl",
     .run = write},
    {.path = "policy delete", .synopsis = "Deletes a policy by name", .usage = "[options] NAME",
     .text = "  Deletes a policy. Tokens that name it lose what it allowed at once.\n\n      $ bao policy delete app", .run = remove},
    {.path = "policy fmt", .synopsis = "Formats a policy on disk", .usage = "[options] PATH",
     .text = "  Rewrites a policy file in the usual layout.\n\n      $ bao policy fmt app.hcl",
     .run = format},
};

}  // namespace

std::span<const Command> policy_commands() { return kCommands; }

}  // namespace bao::cli
