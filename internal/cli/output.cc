#include "internal/cli/output.h"

#include <algorithm>
#include <set>

#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/wrap.h"
#include "internal/cli/yaml.h"

namespace bao::cli {
namespace {

using codec::Json;

std::string_view trimmed_end(std::string_view text) {
  const size_t last = text.find_last_not_of(" \n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

int could_not(Ui& ui, std::string_view why) {
  ui.error("Could not parse output: " + std::string(why));
  return 1;
}

// Every format but table.
int print_document(Ui& ui, const Json& document) {
  switch (ui.format()) {
    case Format::json: ui.output(codec::write_json_indented(document)); return 0;
    case Format::yaml: ui.output(trimmed_end(write_yaml(document))); return 0;
    case Format::pretty: return could_not(ui, "cannot use the pretty formatter for this type");
    default: return could_not(ui, "This command does not support the -format=raw option; only `vault read` does.");
  }
}

void add_lease(std::vector<Row>& rows, const Secret& secret) {
  if (secret.lease_duration <= 0) return;
  const std::string duration = human_seconds(Json(secret.lease_duration));
  if (secret.lease_id.empty()) {
    rows.push_back({"refresh_interval", duration});
    return;
  }
  rows.push_back({"lease_id", secret.lease_id});
  rows.push_back({"lease_duration", duration});
  rows.push_back({"lease_renewable", secret.renewable ? "true" : "false"});
}

void add_pending_mfa(std::vector<Row>& rows, const Json& requirement) {
  rows.push_back({"mfa_request_id", requirement["mfa_request_id"].as_string()});
  for (const auto& [name, constraint] : requirement["mfa_constraints"].members()) {
    for (const Json& method : constraint["any"].items()) {
      const std::string prefix = "mfa_constraint_" + name + "_" + method["type"].as_string();
      rows.push_back({prefix + "_id", method["id"].as_string()});
      rows.push_back({prefix + "_uses_passcode", method["uses_passcode"].as_bool() ? "true" : "false"});
      if (!method["name"].as_string().empty()) rows.push_back({prefix + "_name", method["name"].as_string()});
    }
  }
}

void add_auth(std::vector<Row>& rows, const Json& auth) {
  if (auth.is_null()) return;
  if (!auth["mfa_requirement"].is_null()) return add_pending_mfa(rows, auth["mfa_requirement"]);
  const Json& duration = auth["lease_duration"];
  rows.push_back({"token", auth["client_token"].as_string()});
  rows.push_back({"token_accessor", auth["accessor"].as_string()});
  rows.push_back({"token_duration", duration.text() == "0" ? "∞" : human_seconds(duration)});
  rows.push_back({"token_renewable", auth["renewable"].as_bool() ? "true" : "false"});
  rows.push_back({"token_policies", go_quoted_list(auth["token_policies"])});
  rows.push_back({"identity_policies", go_quoted_list(auth["identity_policies"])});
  rows.push_back({"policies", go_quoted_list(auth["policies"])});
  std::vector<std::string> names;
  for (const auto& member : auth["metadata"].members()) names.push_back(member.first);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) rows.push_back({"token_meta_" + name, go_value(auth["metadata"][name])});
}

void add_wrapping(std::vector<Row>& rows, const Json& wrap) {
  if (wrap.is_null()) return;
  rows.push_back({"wrapping_token:", wrap["token"].as_string()});
  rows.push_back({"wrapping_accessor:", wrap["accessor"].as_string()});
  rows.push_back({"wrapping_token_ttl:", human_seconds(wrap["ttl"])});
  rows.push_back({"wrapping_token_creation_time:", go_time(wrap["creation_time"].as_string())});
  rows.push_back({"wrapping_token_creation_path:", wrap["creation_path"].as_string()});
  if (!wrap["wrapped_accessor"].as_string().empty()) {
    rows.push_back({"wrapped_accessor:", wrap["wrapped_accessor"].as_string()});
  }
}

void add_members(std::vector<Row>& rows, const Json& object) {
  std::vector<std::string> keys;
  for (const auto& member : object.members()) keys.push_back(member.first);
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) {
    rows.push_back({key, names_duration(key) ? human_seconds(object[key]) : go_value(object[key])});
  }
}

std::string headed(std::vector<Row> rows) {
  if (rows.empty()) return "";
  rows.insert(rows.begin(), Row{"Key", "Value"});
  return table(rows);
}

// The columns that -detailed adds: every name in key_info of a key that is listed.
std::vector<std::string> detail_columns(const std::vector<std::string>& keys, const Json& info) {
  std::set<std::string> names;
  for (const std::string& key : keys) {
    for (const auto& member : info[key].members()) names.insert(member.first);
  }
  return {names.begin(), names.end()};
}

int print_key_table(Ui& ui, const Secret& secret, const Json& listed) {
  print_warnings(ui, secret);
  std::vector<std::string> keys;
  for (const Json& key : listed.items()) {
    if (!key.is_string()) return could_not(ui, go_value(key) + " is not a string");
    keys.push_back(key.as_string());
  }
  if (keys.empty()) return 0;
  std::sort(keys.begin(), keys.end());
  const Json& info = secret.data["key_info"];
  const std::vector<std::string> details = ui.detailed() ? detail_columns(keys, info) : std::vector<std::string>();
  std::vector<Row> rows = {{"Keys"}};
  rows[0].insert(rows[0].end(), details.begin(), details.end());
  for (const std::string& key : keys) {
    Row row = {key};
    for (const std::string& name : details) {
      const Json* value = info[key].find(name);
      row.push_back(value == nullptr ? "n/a" : names_duration(name) ? human_seconds(*value) : go_value(*value));
    }
    rows.push_back(std::move(row));
  }
  ui.output(table(rows));
  return 0;
}

}  // namespace

void print_warnings(Ui& ui, const Secret& secret) {
  if (secret.warnings.size() == 0) return;
  ui.warn("WARNING! The following warnings were returned from Vault:\n");
  for (const Json& warning : secret.warnings.items()) {
    ui.warn(wrap("* " + warning.as_string(), 2));
    ui.warn("");
  }
}

std::string key_value_table(const Json& object) {
  std::vector<Row> rows;
  add_members(rows, object);
  return headed(std::move(rows));
}

int print_secret(Ui& ui, const Secret& secret) {
  if (ui.format() != Format::table) return print_document(ui, secret.to_json());
  print_warnings(ui, secret);
  std::vector<Row> rows;
  add_lease(rows, secret);
  add_auth(rows, secret.auth);
  add_wrapping(rows, secret.wrap_info);
  add_members(rows, secret.data);
  if (!rows.empty()) ui.output(headed(std::move(rows)));
  return 0;
}

int print_list(Ui& ui, const Secret& secret) {
  const Json& listed = secret.data["keys"];
  if (ui.format() == Format::table) return print_key_table(ui, secret, listed);
  return print_document(ui, ui.detailed() && ui.format() == Format::json ? secret.to_json() : listed);
}

int print_data(Ui& ui, const Json& data) {
  if (ui.format() != Format::table) return print_document(ui, data);
  if (data.is_array()) return print_key_table(ui, Secret(), data);
  if (!data.is_object()) return could_not(ui, "cannot use the table formatter for this type");
  const std::string text = key_value_table(data);
  if (!text.empty()) ui.output(text);
  return 0;
}

int print_raw(Ui& ui, std::string_view body) {
  ui.output(body);
  return 0;
}

int print_field(Ui& ui, const Json* value, std::string_view name) {
  if (value == nullptr || value->is_null()) {
    ui.error("Field " + go_quoted(name) + " not present in secret");
    return 1;
  }
  switch (ui.format()) {
    case Format::json: ui.value(codec::write_json_indented(*value)); break;
    case Format::yaml: ui.value(write_yaml(*value)); break;
    case Format::pretty: ui.value(""); break;
    default: ui.value(go_value(*value));
  }
  return 0;
}

int print_field(Ui& ui, const Secret& secret, std::string_view name) { return print_field(ui, secret.field(name), name); }

}  // namespace bao::cli
