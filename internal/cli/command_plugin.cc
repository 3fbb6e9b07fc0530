// bao plugin list, info, register, deregister, reload, reload-status.
#include <optional>

#include "internal/cli/columns.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr std::string_view kTypes[] = {"auth", "database", "secret"};

// Which plugin the arguments name; the type may be left out, as in old catalogs.
struct Named {
  std::string type, name;
  std::string path() const { return "sys/plugins/catalog/" + (type.empty() ? "" : type + "/") + name; }
};

std::optional<std::string> type_of(Invocation& run, const std::string& word, std::string_view context = "") {
  if (word == "unknown") return "";
  for (const std::string_view type : kTypes) {
    if (word == type) return word;
  }
  run.fail(std::string(context) + "\"" + word + "\" is not a supported plugin type");
  return std::nullopt;
}

// Whether there are one or two arguments; says so where not.
bool takes_one_or_two(Invocation& run, std::string_view expected) {
  const size_t given = run.arguments().size();
  if (given == 1 || given == 2) return true;
  run.fail(1, std::string(given == 0 ? "Not enough" : "Too many") + " arguments (expected " + std::string(expected) + ", got " + std::to_string(given) + ")");
  return false;
}

std::optional<Named> named(Invocation& run) {
  const auto& arguments = run.arguments();
  Named plugin{"", trimmed(arguments.back())};
  if (arguments.size() == 1) return plugin;
  const auto type = type_of(run, trimmed(arguments.front()));
  if (!type) return std::nullopt;
  plugin.type = *type;
  return plugin;
}

Query version_query(const Invocation& run) {
  const std::string& version = run.flags().text("version");
  return version.empty() ? Query{} : Query{{"version", version}};
}

std::string plugin_table(const Json& details, bool of_type, bool detailed) {
  std::vector<Row> rows = {{"Name"}};
  if (detailed || !of_type) rows[0].emplace_back("Type");
  rows[0].emplace_back("Version");
  if (detailed) rows[0].emplace_back("Deprecation Status");
  for (const Json& plugin : details.items()) {
    Row row = {plugin["name"].as_string()};
    if (detailed || !of_type) row.push_back(plugin["type"].as_string());
    row.push_back(plugin["version"].as_string());
    if (detailed) row.push_back(plugin["deprecation_status"].as_string());
    rows.push_back(std::move(row));
  }
  return table(rows);
}

// Of one type, or all of them ("").
Json details_of(const Json& catalog, const std::string& type) {
  Json details = Json::array();
  for (const Json& plugin : catalog["detailed"].items()) {
    if (!type.empty() && plugin["type"].as_string() != type) continue;
    Json shown = Json::record({{"type", plugin["type"]}, {"name", plugin["name"]}});
    if (!plugin["version"].is_null()) shown.set("version", plugin["version"]);
    shown.set("builtin", plugin["builtin"]);
    if (!plugin["deprecation_status"].is_null()) shown.set("deprecation_status", plugin["deprecation_status"]);
    details.push_back(std::move(shown));
  }
  return details;
}

int list(Invocation& run) {
  constexpr std::string_view kWhat = "Error listing available plugins: ";
  if (run.arguments().size() > 1) return run.fail(1, "Too many arguments (expected 0 or 1, got " + std::to_string(run.arguments().size()) + ")");
  const std::string word = run.arguments().empty() ? "" : trimmed(run.arguments()[0]);
  const auto type = word.empty() ? std::optional<std::string>("") : type_of(run, word, "Error parsing type: ");
  if (!type) return 2;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto catalog = session->read("sys/plugins/catalog");
  if (!catalog.ok()) return run.fail(std::string(kWhat) + catalog.error().message());
  if (!*catalog || !(*catalog)->data.is_object()) return run.fail(std::string(kWhat) + "data from server response is empty");
  const Json& data = (*catalog)->data;
  if (!type->empty() && data.find(*type) == nullptr) return run.fail(std::string(kWhat) + "no " + *type + " entry in returned data");
  const Json details = details_of(data, *type);
  if (run.table()) return run.succeed(plugin_table(details, !type->empty(), run.flags().boolean("detailed")));
  Json document = Json::object({{"details", details}});
  for (const std::string_view each : kTypes) {
    if (const Json* names = data.find(each); names != nullptr && (type->empty() || *type == each)) document.set(each, *names);
  }
  return print_data(run.ui(), document);
}

int info(Invocation& run) {
  if (!takes_one_or_two(run, "1 or 2")) return 1;
  const auto plugin = named(run);
  if (!plugin) return 2;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", plugin->path(), {}, version_query(run));
  if (!response.ok()) return run.fail("Error reading plugin named " + plugin->name + ": " + response.error().message());
  const auto secret = parse_secret(response->body);
  if (!secret.ok()) return run.fail("Error reading plugin named " + plugin->name + ": " + secret.error().message());
  if (!*secret || !(*secret)->data.is_object()) return run.fail("No value found for plugin \"" + plugin->name + "\"");
  Json shown = Json::object();
  for (const char* member : {"args", "builtin", "command", "name", "sha256", "deprecation_status", "version"}) {
    shown.set(member, (*secret)->data[member]);
  }
  if (shown["args"].is_null() && run.table()) shown.set("args", Json::array());
  if (!run.field().empty()) return print_field(run.ui(), shown.find(run.field()), run.field());
  return print_data(run.ui(), shown);
}

int register_plugin(Invocation& run) {
  if (!takes_one_or_two(run, "1 or 2")) return 1;
  const std::string& sha256 = run.flags().text("sha256");
  if (sha256.empty()) return run.fail(1, "SHA256 is required for all plugins, please provide -sha256");
  const auto plugin = named(run);
  if (!plugin) return 2;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string& command = run.flags().text("command");
  Json body = Json::record({{"type", Json(plugin->type.empty() ? "unknown" : plugin->type)}});
  if (const auto& arguments = run.flags().list("args"); !arguments.empty()) body.set("args", Json::strings(arguments));
  body.set("command", Json(command.empty() ? plugin->name : command));
  body.set("sha256", Json(sha256));
  if (const std::string& version = run.flags().text("version"); !version.empty()) body.set("version", Json(version));
  const auto response = session->call("PUT", plugin->path(), std::move(body));
  if (!response.ok()) return run.fail("Error registering plugin " + plugin->name + ": " + response.error().message());
  return run.succeed("Success! Registered plugin: " + plugin->name);
}

int deregister(Invocation& run) {
  if (!takes_one_or_two(run, "1, or 2")) return 1;
  const auto plugin = named(run);
  if (!plugin) return 2;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("DELETE", plugin->path(), {}, version_query(run));
  if (!response.ok()) return run.fail("Error deregistering plugin named " + plugin->name + ": " + response.error().message());
  return run.succeed("Success! Deregistered plugin (if it was registered): " + plugin->name);
}

std::string go_list(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return "[" + out + "]";
}

int reload(Invocation& run) {
  const std::string &plugin = run.flags().text("plugin"), &scope = run.flags().text("scope");
  const std::vector<std::string>& mounts = run.flags().list("mounts");
  const std::string given = std::to_string(run.arguments().size());
  if (plugin.empty() && mounts.empty()) return run.fail(1, "Not enough arguments (expected 1, got " + given + ")");
  if (!plugin.empty() && !mounts.empty()) return run.fail(1, "Too many arguments (expected 1, got " + given + ")");
  if (!scope.empty() && scope != "global") run.ui().error("Invalid reload scope: " + scope);
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("PUT", "sys/plugins/reload/backend",
                                      Json::record({{"plugin", Json(plugin)},
                                                    {"mounts", mounts.empty() ? Json() : Json::strings(mounts)},
                                                    {"scope", Json(scope)}}));
  if (!response.ok()) return run.fail("Error reloading plugin/mounts: " + response.error().message());
  const std::string what = mounts.empty() ? "plugin: " + plugin : "mounts: " + go_list(mounts);
  if (scope != "global") return run.succeed("Success! Reloaded " + what);
  const auto secret = parse_secret(response->body);
  const std::string id = secret.ok() && *secret ? (*secret)->data["reload_id"].as_string() : "";
  return run.succeed(id.empty() ? "Success! Reloaded " + what : "Success! Reloading " + what + ", reload_id: " + id);
}

// Of a server that has such reloads; neither this one nor OpenBao's has.
int reload_status(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", "sys/plugins/reload/backend/status", {}, {{"reload_id", trimmed(run.arguments()[0])}});
  if (!response.ok()) return run.fail("Error retrieving plugin reload status: " + response.error().message());
  return run.succeed(response->body);
}

constexpr Flag kPluginDeregisterFlags[] = {
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginInfoFlags[] = {
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginInitFlags[] = {
    {.name = "config", .kind = FlagKind::list,
     .text = "A configuration file, or a directory of them. May be repeated.",
     .environment = "BAO_CONFIG_PATH"},
    {.name = "directory",
     .text = "Where plugins are put."},
    {.name = "timeout", .kind = FlagKind::duration,
     .text = "How long downloads may take.",
     .fallback = "5m0s"},
};
constexpr Flag kPluginListFlags[] = {
    {.name = "detailed", .kind = FlagKind::boolean,
     .text = "Show more of each entry.",
     .fallback = "false"},
};
constexpr Flag kPluginRegisterFlags[] = {
    {.name = "args", .kind = FlagKind::list,
     .text = "An argument of the plugin's program. May be repeated."},
    {.name = "command",
     .text = "The plugin's program, in the plugin directory."},
    {.name = "oci", .kind = FlagKind::boolean,
     .text = "The plugin is an OCI image.",
     .fallback = "false"},
    {.name = "sha256",
     .text = "The program's SHA-256."},
    {.name = "version",
     .text = "The plugin's version."},
};
constexpr Flag kPluginReloadFlags[] = {
    {.name = "mounts", .kind = FlagKind::list,
     .text = "A mount whose plugin is reloaded. May be repeated."},
    {.name = "plugin",
     .text = "The plugin to reload."},
    {.name = "scope",
     .text = "\"global\" reloads it on every node."},
};

constexpr Command kCommands[] = {
    {.path = "plugin", .synopsis = "Interact with OpenBao plugins and catalog",
     .usage = "<subcommand> [options] [args]",
     .text = "  Shows and changes the catalog of plugins."},
    {.path = "plugin deregister", .synopsis = "Deregister an existing plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Takes a plugin out of the catalog.",
     .flags = kPluginDeregisterFlags,
     .run = deregister},
    {.path = "plugin info", .synopsis = "Read information about a plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Shows what is known of a plugin.",
     .output = kFormatField,
     .flags = kPluginInfoFlags,
     .run = info},
    {.path = "plugin init", .synopsis = "Initialize and download OCI-based plugins",
     .usage = "[options]",
     .text = "  Downloads the plugins that a configuration declares.",
     .flags = kPluginInitFlags,
     .run = not_there_yet},
    {.path = "plugin list", .synopsis = "Lists available plugins",
     .usage = "[options] [TYPE]",
     .text = "  Lists the engines that the server has, of one type (auth, database, secret) or all.\n\n      $ bao plugin list -detailed secret",
     .output = kFormat,
     .flags = kPluginListFlags,
     .run = list},
    {.path = "plugin register", .synopsis = "Registers a new plugin in the catalog",
     .usage = "[options] TYPE NAME",
     .text = "  Puts a plugin into the catalog of a server that runs plugins. This one does not: it refuses.",
     .flags = kPluginRegisterFlags,
     .run = register_plugin},
    {.path = "plugin reload", .synopsis = "Reload mounted plugin backend",
     .usage = "[options]",
     .text = "  Makes engines anew from what is stored.\n\n      $ bao plugin reload -mounts=secret/",
     .flags = kPluginReloadFlags,
     .run = reload},
    {.path = "plugin reload-status", .synopsis = "Get the status of an active or recently completed global plugin reload",
     .usage = "RELOAD_ID",
     .text = "  Shows how far a reload is.",
     .run = reload_status},
};

}  // namespace

std::span<const Command> plugin_commands() { return kCommands; }

}  // namespace bao::cli
