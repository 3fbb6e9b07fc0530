// bao audit enable, disable, list.
#include <algorithm>

#include "internal/cli/columns.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

int enable(Invocation& run) {
  if (run.arguments().empty()) {
    return run.fail(1, "Error enabling audit device: audit type missing. Valid types include 'file', 'socket' and 'syslog'.");
  }
  const std::string type = trimmed(run.arguments()[0]);
  const std::string& given = run.flags().text("path");
  const std::string path = with_trailing_slash(given.empty() ? type : given);
  const auto options = parse_text_values({run.arguments().begin() + 1, run.arguments().end()}, run.no_stdin());
  if (!options.ok()) return run.fail(1, "Failed to parse K=V data: " + options.error().message());
  Session* session = run.session();
  if (session == nullptr) return 2;
  Json named = Json::object();
  for (const auto& [name, value] : *options) named.set(name, Json(value));
  const Json body = Json::record({{"type", Json(type)},
                                  {"description", Json(run.flags().text("description"))},
                                  {"options", std::move(named)},
                                  {"local", Json(run.flags().boolean("local"))}});
  const auto response = session->call("PUT", "sys/audit/" + path, body);
  if (!response.ok()) return run.fail("Error enabling audit device: " + response.error().message());
  return run.succeed("Success! Enabled the " + type + " audit device at: " + path);
}

int disable(Invocation& run) {
  if (!run.takes(1)) return 1;
  const std::string path = with_trailing_slash(run.path_argument());
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("DELETE", "sys/audit/" + path);
  if (!response.ok()) return run.fail("Error disabling audit device: " + response.error().message());
  return run.succeed("Success! Disabled audit device (if it was enabled) at: " + path);
}

std::string options_text(const Json& options) {
  std::string text;
  for (const auto& [name, value] : options.members()) text += (text.empty() ? "" : " ") + name + "=" + value.as_string();
  return text;
}

std::string device_table(const Json& devices, bool detailed) {
  std::vector<std::string> paths;
  for (const auto& member : devices.members()) paths.push_back(member.first);
  std::sort(paths.begin(), paths.end());
  std::vector<Row> rows = {{"Path", "Type", "Description"}};
  if (detailed) rows[0].insert(rows[0].end(), {"Replication", "Options"});
  for (const std::string& path : paths) {
    const Json& device = devices[path];
    Row row = {path, device["type"].as_string(), device["description"].as_string()};
    if (detailed) {
      row.push_back(device["local"].as_bool() ? "local" : "replicated");
      row.push_back(options_text(device["options"]));
    }
    rows.push_back(std::move(row));
  }
  return table(rows);
}

Json device_document(const Json& device) {
  return Json::record({{"type", Json(device["type"].as_string())},
                       {"description", Json(device["description"].as_string())},
                       {"options", device["options"]},
                       {"local", Json(device["local"].as_bool())},
                       {"path", Json(device["path"].as_string())}});
}

int list(Invocation& run) {
  constexpr int kNone = 2;
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", "sys/audit");
  if (!response.ok()) return run.fail("Error listing audits: " + response.error().message());
  const auto secret = parse_secret(response->body);
  if (!secret.ok()) return run.fail("Error listing audits: " + secret.error().message());
  const Json devices = *secret && (*secret)->data.is_object() ? (*secret)->data : Json::object();
  if (!run.table()) {
    Json document = Json::object();
    for (const auto& [path, device] : devices.members()) document.set(path, device_document(device));
    return print_data(run.ui(), document);
  }
  if (devices.empty()) {
    run.ui().output("No audit devices are enabled.");
    return kNone;
  }
  return run.succeed(device_table(devices, run.flags().boolean("detailed")));
}

constexpr Flag kEnableFlags[] = {
    {.name = "description", .text = "What it is for, in words."},
    {.name = "path", .text = "Where it is enabled; by default at its type's name."},
    {.name = "local", .kind = FlagKind::boolean, .text = "Keep it out of replication.", .fallback = "false"}};
constexpr Flag kListFlags[] = {{.name = "detailed", .kind = FlagKind::boolean, .text = "Show settings too.", .fallback = "false"}};

constexpr Command kCommands[] = {
    {.path = "audit", .synopsis = "Interact with audit devices", .usage = "<subcommand> [options] [args]",
     .text = "  Shows and changes the devices that keep a record of each request and answer.\n\n      $ bao audit list -detailed"},
    {.path = "audit enable", .synopsis = "Enables an audit device", .usage = "[options] TYPE [CONFIG K=V...]",
     .text = "  Enables an audit device, where the server's configuration allows that by the API.\n\n"
             "      $ bao audit enable file file_path=/var/log/bao/audit.log",
     .flags = kEnableFlags, .run = enable},
    {.path = "audit disable", .synopsis = "Disables an audit device", .usage = "[options] PATH",
     .text = "  Disables an audit device. What was hashed for it cannot be compared any more.\n\n      $ bao audit disable file/",
     .run = disable},
    {.path = "audit list", .synopsis = "Lists enabled audit devices", .usage = "[options]",
     .text = "  Lists the audit devices.", .output = kFormat, .flags = kListFlags, .run = list},
};

}  // namespace

std::span<const Command> audit_commands() { return kCommands; }

}  // namespace bao::cli
