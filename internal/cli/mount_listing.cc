#include "internal/cli/mount_listing.h"

#include <algorithm>

#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

void add_unless_empty(Json& out, std::string_view name, const Json& value) {
  if (value.size() > 0 || !value.text().empty()) out.set(name, value);
}

Json text_of(const Json& from, std::string_view name) { return Json(from[name].as_string()); }
Json flag_of(const Json& from, std::string_view name) { return Json(from[name].as_bool()); }
Json number_of(const Json& from, std::string_view name) { return from[name].is_number() ? from[name] : Json(0); }

// Members in the order of the reference's MountConfigOutput; an auth mount has no token_type at its own level.
Json config_document(const Json& config) {
  Json out = Json::record({{"default_lease_ttl", number_of(config, "default_lease_ttl")},
                           {"max_lease_ttl", number_of(config, "max_lease_ttl")},
                           {"force_no_cache", flag_of(config, "force_no_cache")}});
  for (const char* name : {"audit_non_hmac_request_keys", "audit_non_hmac_response_keys", "listing_visibility",
                           "passthrough_request_headers", "allowed_response_headers", "token_type", "allowed_managed_keys",
                           "user_lockout_config"}) {
    add_unless_empty(out, name, config[name]);
  }
  return out;
}

Json mount_document(const Json& mount) {
  Json out = Json::record();
  for (const char* name : {"uuid", "type", "description", "accessor"}) out.set(name, text_of(mount, name));
  out.set("config", config_document(mount["config"]));
  out.set("options", mount["options"]);
  for (const char* name : {"local", "seal_wrap", "external_entropy_access"}) out.set(name, flag_of(mount, name));
  for (const char* name : {"plugin_version", "running_plugin_version", "running_sha256", "deprecation_status"}) {
    out.set(name, text_of(mount, name));
  }
  return out;
}

std::vector<std::string> sorted_paths(const Json& mounts) {
  std::vector<std::string> paths;
  for (const auto& member : mounts.members()) paths.push_back(member.first);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string truth(const Json& from, std::string_view name) { return from[name].as_bool() ? "true" : "false"; }

std::string shown_ttl(const Json& mount, std::string_view name) {
  const std::string& type = mount["type"].as_string();
  if (type == "system" || type == "cubbyhole") return "";
  const Json& ttl = mount["config"][name];
  return ttl.text() == "0" || ttl.is_null() ? "system" : go_value(ttl);
}

std::string go_options(const Json& options) { return options.is_object() ? go_value(options) : "map[]"; }

Row detailed_row(const std::string& path, const Json& mount, MountKind kind) {
  const Json& config = mount["config"];
  return {path,
          mount["type"].as_string(),
          mount["accessor"].as_string(),
          shown_ttl(mount, "default_lease_ttl"),
          shown_ttl(mount, "max_lease_ttl"),
          kind == MountKind::auth_method ? config["token_type"].as_string() : truth(config, "force_no_cache"),
          mount["local"].as_bool() ? "local" : "replicated",
          truth(mount, "seal_wrap"),
          truth(mount, "external_entropy_access"),
          go_options(mount["options"]),
          mount["description"].as_string(),
          mount["uuid"].as_string(),
          mount["plugin_version"].as_string(),
          mount["running_plugin_version"].as_string(),
          mount["running_sha256"].as_string(),
          mount["deprecation_status"].as_string()};
}

std::string detailed_table(const Json& mounts, MountKind kind) {
  std::vector<Row> rows = {{"Path", "Plugin", "Accessor", "Default TTL", "Max TTL",
                            kind == MountKind::auth_method ? "Token Type" : "Force No Cache", "Replication", "Seal Wrap",
                            "External Entropy Access", "Options", "Description", "UUID", "Version", "Running Version",
                            "Running SHA256", "Deprecation Status"}};
  for (const std::string& path : sorted_paths(mounts)) rows.push_back(detailed_row(path, mounts[path], kind));
  return table(rows);
}

std::string simple_table(const Json& mounts, MountKind kind) {
  std::vector<Row> rows = {{"Path", "Type", "Accessor", "Description"}};
  if (kind == MountKind::auth_method) rows[0].push_back("Version");
  for (const std::string& path : sorted_paths(mounts)) {
    const Json& mount = mounts[path];
    Row row = {path, mount["type"].as_string(), mount["accessor"].as_string(), mount["description"].as_string()};
    if (kind == MountKind::auth_method) row.push_back(mount["plugin_version"].as_string());
    rows.push_back(std::move(row));
  }
  return table(rows);
}

base::Result<Json> mounts_at(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("GET", path));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  if (!secret || secret->data.is_null()) return base::invalid("data from server response is empty");
  return secret->data;
}

}  // namespace

int list_mounts(Invocation& run, const std::string& path, std::string_view what, MountKind kind) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto mounts = mounts_at(*session, path);
  if (!mounts.ok()) return run.fail("Error listing " + std::string(what) + ": " + mounts.error().message());
  if (run.table()) {
    return run.succeed(run.flags().boolean("detailed") ? detailed_table(*mounts, kind) : simple_table(*mounts, kind));
  }
  Json document = Json::object();
  for (const auto& [mount_path, mount] : mounts->members()) document.set(mount_path, mount_document(mount));
  return print_data(run.ui(), document);
}

}  // namespace bao::cli
