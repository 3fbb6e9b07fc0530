// sys/plugins: the engines that this binary has (openbao-api.md 2.6). There are no external plugins.
#include <algorithm>
#include <array>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/core/mounts/plugin_version.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

// The reference's catalog; what this binary has of it is shown.
constexpr std::array<std::string_view, 9> kSecretEngines = {"kubernetes", "kv", "ldap", "openldap", "pki", "rabbitmq", "ssh", "totp", "transit"};
constexpr std::array<std::string_view, 9> kAuthMethods = {"approle", "cert", "jwt", "kerberos", "kubernetes", "ldap", "oidc", "radius", "userpass"};

std::vector<std::string> names_of(const Core::Parts& parts, std::string_view type) {
  std::vector<std::string> out;
  if (type == "secret") {
    for (const auto name : kSecretEngines) {
      if (parts.mounts->knows_type("mounts", name)) out.emplace_back(name);
    }
  } else if (type == "auth") {
    for (const auto name : kAuthMethods) {
      if (parts.mounts->knows_type("auth", name)) out.emplace_back(name);
    }
  }
  return out;
}

Reply list_all(Core::Parts& parts) {
  Json data = Json::object(), detailed = Json::array();
  for (const char* type : {"auth", "secret"}) {
    const auto names = names_of(parts, type);
    if (!names.empty()) data.set(type, Json::strings(names));
    for (const std::string& name : names) {
      Json plugin = Json::object();
      plugin.set("type", type);
      plugin.set("name", name);
      plugin.set("version", builtin_version(parts.options.version));
      plugin.set("builtin", true);
      plugin.set("deprecation_status", "supported");
      detailed.push_back(std::move(plugin));
    }
  }
  if (!detailed.empty()) data.set("detailed", std::move(detailed));
  return Response::of(std::move(data));
}

Reply read_plugin(Core::Parts& parts, const Call& call) {
  const std::string name = call.fields.string("name"), type = call.fields.string("type");
  if (type.empty()) {
    Response response;
    response.warnings.push_back("Deprecated API endpoint, cannot read plugin information from catalog for \"" + name + "\"");
    return response;
  }
  const auto names = names_of(parts, type);
  if (std::find(names.begin(), names.end(), name) == names.end()) return logical::nothing();
  Json data = Json::object();
  data.set("name", name);
  data.set("args", nullptr);
  data.set("command", "");
  data.set("sha256", "");
  data.set("builtin", true);
  data.set("version", builtin_version(parts.options.version));
  data.set("oci", false);
  data.set("declarative", false);
  data.set("deprecation_status", "supported");
  return Response::of(std::move(data));
}

Reply refuse_plugin(const Call& call) {
  if (call.fields.string("sha256").empty()) return base::invalid("missing SHA-256 value");
  if (call.fields.string("command").empty()) return base::invalid("missing command value");
  if (!codec::from_hex(call.fields.string("sha256")).ok()) return base::invalid("Could not decode SHA-256 value from Hex");
  return core_error(base::Code::internal, "could not set plugin, plugin directory is not configured");
}

base::Status check_plugin(const Core::Parts& parts, const std::string& plugin) {
  for (const char* singleton : {"cubbyhole", "system", "token", "identity"}) {
    if (plugin == singleton) return core_error(base::Code::internal, "singleton plugin cannot be reloaded: \"" + plugin + "\"");
  }
  for (const char* type : {"auth", "secret"}) {
    const auto names = names_of(parts, type);
    if (std::find(names.begin(), names.end(), plugin) != names.end()) return {};
  }
  return base::invalid("plugin not found in the catalog: \"" + plugin + "\"");
}

// Named as below sys/, too ("sys/auth/userpass").
base::Status check_mounts(const Router& router, const std::vector<std::string>& mounts) {
  std::string faults;
  int count = 0;
  for (std::string_view path : mounts) {
    if (path.starts_with("sys/auth/")) path.remove_prefix(4);
    const std::string route = std::string(path) + (path.ends_with('/') ? "" : "/");
    if (router.find(route) != nullptr) continue;
    ++count;
    faults += "\t* cannot fetch mount entry on \"" + route + "\"\n";
  }
  if (count == 0) return {};
  return base::invalid(std::to_string(count) + (count == 1 ? " error" : " errors") + " occurred:\n" + faults + "\n");
}

// There is no process to start again, and what engines keep in memory is in step with what is stored: the mount table is read again.
Reply reload(Core::Parts& parts, const Call& call) {
  const std::string plugin = call.fields.string("plugin");
  const auto mounts = call.fields.strings("mounts");
  if (!plugin.empty() && !mounts.empty()) return base::invalid("plugin and mounts cannot be set at the same time");
  if (plugin.empty() && mounts.empty()) return base::invalid("plugin or mounts must be provided");
  TRY(plugin.empty() ? check_mounts(*parts.mounts->router(), mounts) : check_plugin(parts, plugin));
  parts.mounts->mark_stale(parts.backend.applied());
  return Response::of(Json::object({{"reload_id", call.request.id}}));
}

Path catalog_entry(Core::Parts& parts, const char* pattern, bool typed) {
  Path path;
  path.pattern = pattern;
  path.access = Access::sudo;
  if (typed) path.fields.push_back({.name = "type", .description = "auth, database or secret."});
  path.fields.push_back({.name = "name", .description = "The name of the plugin."});
  if (!typed) path.fields.push_back({.name = "type", .description = "auth, database or secret."});
  path.fields.push_back({.name = "sha256", .description = "The SHA-256 of the executable, in hex."});
  path.fields.push_back({.name = "command", .description = "The command that starts the plugin."});
  path.fields.push_back({.name = "args", .type = FieldType::string_list, .description = "Arguments of the command."});
  path.fields.push_back({.name = "env", .type = FieldType::string_list, .description = "Environment of the command."});
  path.fields.push_back({.name = "version", .description = "The semantic version of the plugin."});
  path.fields.push_back({.name = "oci", .type = FieldType::boolean, .description = "Whether the plugin is an OCI image."});
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[&parts](const Call& call, const storage::ReadView&) { return read_plugin(parts, call); }},
       .summary = "Return the configuration data for the plugin with the given name."},
      {.operation = Operation::update,
       .effect = Reads{[](const Call& call, const storage::ReadView&) { return refuse_plugin(call); }},
       .summary = "Register a new plugin, or update an existing one."},
      {.operation = Operation::remove,
       .effect = Reads{[](const Call&, const storage::ReadView&) -> Reply { return Response::none(); }},
       .summary = "Remove the plugin with the given name."}};
  path.synopsis = "Configures the plugins known to the node.";
  return path;
}

}  // namespace

Paths plugin_paths(Core::Parts& parts) {
  Paths paths;
  Path typed;
  typed.pattern = "plugins/catalog/{type:auth|database|secret}/?";
  typed.fields = {{.name = "type", .description = "auth, database or secret."}};
  typed.handlers = {{.operation = Operation::list,
                     .effect = Reads{[&parts](const Call& call, const storage::ReadView&) -> Reply {
                       return Response::keys(names_of(parts, call.fields.string("type")));
                     }},
                     .summary = "List the plugins in the catalog."}};
  paths.push_back(std::move(typed));
  paths.push_back(catalog_entry(parts, "plugins/catalog/{type:auth|database|secret}/{name:any}", true));
  paths.push_back(catalog_entry(parts, "plugins/catalog/{name:any}", false));
  Path all;
  all.pattern = "plugins/catalog/?";
  all.handlers = {{.operation = Operation::read,
                   .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return list_all(parts); }},
                   .summary = "Lists all the plugins known to the node."}};
  paths.push_back(std::move(all));
  Path reloading;
  reloading.pattern = "plugins/reload/backend";
  reloading.fields = {{.name = "plugin", .description = "The name of the plugin to reload."},
                      {.name = "mounts", .type = FieldType::comma_list, .description = "The mount paths of the engines to reload."},
                      {.name = "scope", .description = "\"\" or \"global\"."}};
  reloading.handlers = {{.operation = Operation::update,
                         .effect = logical::Manages{[&parts](const Call& call) { return reload(parts, call); }},
                         .summary = "Reload mounted engines."}};
  reloading.synopsis = "Reload mounted engines.";
  paths.push_back(std::move(reloading));
  return paths;
}

}  // namespace bao::core::sys
