#include "internal/cli/seal_status.h"

#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/output.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";

bool is_zero(const Json& value) {
  return value.is_null() || (value.is_string() && (value.as_string().empty() || value.as_string() == kZeroTime)) ||
         (value.is_bool() && !value.as_bool()) || (value.is_number() && value.text() == "0");
}

Json text_of(const Json& from, std::string_view name) { return Json(from[name].as_string()); }
Json flag_of(const Json& from, std::string_view name) { return Json(from[name].as_bool()); }
Json number_of(const Json& from, std::string_view name) { return from[name].is_number() ? from[name] : Json(0); }

void add_unless_zero(Json& out, std::string_view name, const Json& value) {
  if (!is_zero(value)) out.set(name, value);
}

// Members in the order of the reference's structs.
Json seal_document(const Json& seal) {
  Json out = Json::record();
  out.set("type", text_of(seal, "type"));
  for (const char* name : {"initialized", "sealed"}) out.set(name, flag_of(seal, name));
  for (const char* name : {"t", "n", "progress"}) out.set(name, number_of(seal, name));
  for (const char* name : {"nonce", "version", "commit_date"}) out.set(name, text_of(seal, name));
  out.set("migration", flag_of(seal, "migration"));
  for (const char* name : {"cluster_name", "cluster_id"}) add_unless_zero(out, name, text_of(seal, name));
  out.set("recovery_seal", flag_of(seal, "recovery_seal"));
  for (const char* name : {"recovery_seal_type", "storage_type"}) add_unless_zero(out, name, text_of(seal, name));
  if (seal["warnings"].size() > 0) out.set("warnings", seal["warnings"]);
  out.set("build_date", text_of(seal, "build_date"));
  return out;
}

Json document(const Json& seal, const Json& leader) {
  Json out = seal_document(seal);
  out.set("ha_enabled", flag_of(leader, "ha_enabled"));
  for (const char* name : {"is_self", "active_time", "leader_address", "leader_cluster_address", "raft_committed_index",
                           "raft_applied_index"}) {
    add_unless_zero(out, name, leader[name]);
  }
  return out;
}

class StatusRows {
 public:
  void add(std::string title, const Json& value) { rows_.push_back({std::move(title), go_value(value)}); }
  void add(std::string title, std::string value) { rows_.push_back({std::move(title), std::move(value)}); }
  void add_unless_zero(std::string title, const Json& value) {
    if (!is_zero(value)) add(std::move(title), value);
  }
  std::string text() const { return cli::table(rows_); }

 private:
  std::vector<Row> rows_ = {{"Key", "Value"}};
};

void add_seal(StatusRows& rows, const Json& status) {
  const bool recovery = status["recovery_seal"].as_bool();
  rows.add("Seal Type", status["type"]);
  if (recovery) rows.add("Recovery Seal Type", text_of(status, "recovery_seal_type"));
  rows.add("Initialized", status["initialized"]);
  rows.add("Sealed", status["sealed"]);
  rows.add(recovery ? "Total Recovery Shares" : "Total Shares", status["n"]);
  rows.add("Threshold", status["t"]);
  if (!status["sealed"].as_bool()) return;
  rows.add("Unseal Progress", go_value(status["progress"]) + "/" + go_value(status["t"]));
  rows.add("Unseal Nonce", status["nonce"]);
}

void add_cluster(StatusRows& rows, const Json& status) {
  rows.add("HA Enabled", status["ha_enabled"]);
  if (!status["ha_enabled"].as_bool() || status["sealed"].as_bool()) return;
  const bool active = status["is_self"].as_bool();
  rows.add("HA Cluster", text_of(status, "leader_cluster_address"));
  rows.add("HA Mode", std::string(active ? "active" : "standby"));
  if (active) rows.add_unless_zero("Active Since", status["active_time"]);
  if (!active) rows.add_unless_zero("Active Node Address", status["leader_address"]);
}

std::string status_table(const Json& status) {
  StatusRows rows;
  add_seal(rows, status);
  rows.add_unless_zero("Seal Migration in Progress", status["migration"]);
  rows.add_unless_zero("Version", status["version"]);
  rows.add_unless_zero("Commit Date", status["commit_date"]);
  rows.add_unless_zero("Storage Type", status["storage_type"]);
  if (!is_zero(status["cluster_name"]) && !is_zero(status["cluster_id"])) {
    rows.add("Cluster Name", status["cluster_name"]);
    rows.add("Cluster ID", status["cluster_id"]);
  }
  add_cluster(rows, status);
  rows.add_unless_zero("Raft Committed Index", status["raft_committed_index"]);
  rows.add_unless_zero("Raft Applied Index", status["raft_applied_index"]);
  return rows.text();
}

}  // namespace

int print_seal_status(Invocation& run, Session& session, const Json& seal_status) {
  Json leader;
  if (const auto response = session.call("GET", "sys/leader"); response.ok()) {
    auto parsed = codec::parse_json(response->body);
    if (parsed.ok()) leader = std::move(parsed).value();
  } else if (response.error().message().find("Vault is sealed") != std::string::npos) {
    leader = Json::object({{"ha_enabled", Json(true)}});  // a sealed node cannot say more
  } else {
    return run.fail(1, "Error checking leader status: " + response.error().message());
  }
  const Json status = document(seal_status, leader);
  if (!run.table()) {
    print_data(run.ui(), status);
    return 0;
  }
  run.ui().output(status_table(status));
  return 0;
}

int print_seal(Invocation& run, const Json& seal_status) {
  const Json status = seal_document(seal_status);
  if (!run.table()) return print_data(run.ui(), status);
  StatusRows rows;
  add_seal(rows, status);
  return run.succeed(rows.text());
}

}  // namespace bao::cli
