#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/raft.h"

namespace bao::cli {
namespace {

using codec::Json;

bool takes_nothing(Invocation& run) {
  if (run.arguments().empty()) return true;
  run.fail("Incorrect arguments (expected 0, got " + std::to_string(run.arguments().size()) + ")");
  return false;
}

// The data of an answer; null where the storage knows no autopilot (404).
base::Result<Json> autopilot_data(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.send({"GET", "/v1/" + path, {}, {}, ""}));
  if (response.status == 404) return Json();
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  return secret ? secret->data : Json();
}

std::string line(std::string_view title, const std::string& value, size_t width) {
  std::string text(title);
  text.resize(std::max(width, text.size()), ' ');
  return text + value + "\n";
}

std::string server_lines(const std::string& id, const Json& server) {
  static constexpr size_t kWidth = 25;
  const std::pair<const char*, const char*> fields[] = {{"Name", "name"},           {"Address", "address"},
                                                        {"Status", "status"},       {"Node Status", "node_status"},
                                                        {"Healthy", "healthy"},     {"Last Contact", "last_contact"},
                                                        {"Last Term", "last_term"}, {"Last Index", "last_index"},
                                                        {"Version", "version"},     {"Upgrade Version", "upgrade_version"},
                                                        {"Node Type", "node_type"}};
  std::string text = "   " + id + "\n";
  for (const auto& [title, name] : fields) {
    const bool optional = std::string_view(name) == "upgrade_version" || std::string_view(name) == "node_type";
    if (optional && server[name].as_string().empty()) continue;
    text += line("      " + std::string(title) + ":", go_value(server[name]), kWidth);
  }
  return text;
}

std::string upgrade_lines(const Json& upgrade) {
  const auto joined = [&](const char* name) {
    std::string text;
    for (const Json& item : upgrade[name].items()) text += (text.empty() ? "" : ", ") + item.as_string();
    return text;
  };
  return "Upgrade Info:\n   Status: " + upgrade["status"].as_string() + "\n   Target Version: " + upgrade["target_version"].as_string() +
         "\n   Target Version Voters: " + joined("target_version_voters") + "\n   Target Version Non-Voters: " +
         joined("target_version_non_voters") + "\n   Other Version Voters: " + joined("other_version_voters") +
         "\n   Other Version Non-Voters: " + joined("other_version_non_voters") + "\n";
}

std::string pretty_state(const Json& state) {
  static constexpr size_t kWidth = 33;
  std::string text = line("Healthy:", go_value(state["healthy"]), kWidth) +
                     line("Failure Tolerance:", go_value(state["failure_tolerance"]), kWidth) +
                     line("Leader:", state["leader"].as_string(), kWidth) + "Voters:\n";
  for (const Json& voter : state["voters"].items()) text += "   " + voter.as_string() + "\n";
  if (state["non_voters"].size() > 0) text += "Non Voters:\n";
  for (const Json& other : state["non_voters"].items()) text += "   " + other.as_string() + "\n";
  const auto optimistic = state["optimistic_failure_tolerance"].as_int();
  if (optimistic.ok() && *optimistic > 0) {
    text += line("Optimistic Failure Tolerance:", std::to_string(*optimistic), kWidth);
  }
  text += "Servers:\n";
  std::vector<std::string> ids;
  for (const auto& member : state["servers"].members()) ids.push_back(member.first);
  std::sort(ids.begin(), ids.end());
  for (const std::string& id : ids) text += server_lines(id, state["servers"][id]);
  return state["upgrade_info"].is_object() ? text + upgrade_lines(state["upgrade_info"]) : text;
}

Json number_of(const Json& from, const char* name) { return from[name].is_number() ? from[name] : Json(0); }
Json text_of(const Json& from, const char* name) { return Json(from[name].as_string()); }

// The reference prints its structs under their Go names.
Json go_state(const Json& state) {
  Json servers = Json::object();
  for (const auto& [id, server] : state["servers"].members()) {
    servers.set(id, Json::record({{"ID", text_of(server, "id")}, {"Name", text_of(server, "name")},
                                  {"Address", text_of(server, "address")}, {"NodeStatus", text_of(server, "node_status")},
                                  {"LastContact", text_of(server, "last_contact")}, {"LastTerm", number_of(server, "last_term")},
                                  {"LastIndex", number_of(server, "last_index")}, {"Healthy", Json(server["healthy"].as_bool())},
                                  {"StableSince", text_of(server, "stable_since")}, {"Status", text_of(server, "status")},
                                  {"Version", text_of(server, "version")}, {"UpgradeVersion", text_of(server, "upgrade_version")},
                                  {"NodeType", text_of(server, "node_type")}}));
  }
  return Json::record({{"Healthy", Json(state["healthy"].as_bool())},
                       {"FailureTolerance", number_of(state, "failure_tolerance")},
                       {"Servers", std::move(servers)},
                       {"Leader", text_of(state, "leader")},
                       {"Voters", state["voters"]},
                       {"NonVoters", state["non_voters"]},
                       {"Upgrade", state["upgrade_info"]},
                       {"OptimisticFailureTolerance", number_of(state, "optimistic_failure_tolerance")}});
}

}  // namespace

int autopilot_state(Invocation& run) {
  if (!takes_nothing(run)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto state = autopilot_data(*session, "sys/storage/raft/autopilot/state");
  if (!state.ok()) return run.fail("Error checking autopilot state: " + state.error().message());
  if (state->is_null()) return 0;
  const Format format = run.ui().format();
  const bool pretty = format == Format::pretty || (format == Format::table && !run.flags().given("format"));
  return pretty ? run.succeed(pretty_state(*state)) : print_data(run.ui(), go_state(*state));
}

int autopilot_get_config(Invocation& run) {
  if (!takes_nothing(run)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto data = autopilot_data(*session, "sys/storage/raft/autopilot/configuration");
  if (!data.ok()) return run.fail(data.error().message());
  if (data->is_null()) return 0;
  const Json& config = *data;
  const std::pair<const char*, const char*> fields[] = {
      {"Cleanup Dead Servers", "cleanup_dead_servers"},
      {"Last Contact Threshold", "last_contact_threshold"},
      {"Dead Server Last Contact Threshold", "dead_server_last_contact_threshold"},
      {"Server Stabilization Time", "server_stabilization_time"},
      {"Min Quorum", "min_quorum"},
      {"Max Trailing Logs", "max_trailing_logs"}};
  Json document = Json::object();
  std::vector<Row> rows = {{"Key", "Value"}};
  for (const auto& [title, name] : fields) {
    document.set(name, config[name]);
    rows.push_back({title, go_value(config[name])});
  }
  return run.table() ? run.succeed(table(rows)) : print_data(run.ui(), document);
}

int autopilot_set_config(Invocation& run) {
  if (!takes_nothing(run)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const FlagValues& flags = run.flags();
  Json body = Json::object();
  if (flags.given("cleanup-dead-servers")) body.set("cleanup_dead_servers", Json(flags.boolean("cleanup-dead-servers")));
  for (const auto& [flag, member] : {std::pair<const char*, const char*>{"max-trailing-logs", "max_trailing_logs"},
                                     {"min-quorum", "min_quorum"}}) {
    if (flags.integer(flag) > 0) body.set(member, Json(flags.integer(flag)));
  }
  for (const auto& [flag, member] : {std::pair<const char*, const char*>{"last-contact-threshold", "last_contact_threshold"},
                                     {"dead-server-last-contact-threshold", "dead_server_last_contact_threshold"},
                                     {"server-stabilization-time", "server_stabilization_time"}}) {
    if (flags.duration(flag).count() > 0) body.set(member, Json(base::format_go_duration(flags.duration(flag))));
  }
  const auto answer = session->write("sys/storage/raft/autopilot/configuration", body);
  if (!answer.ok()) return run.fail(answer.error().message());
  return *answer ? print_secret(run.ui(), **answer) : 0;
}

}  // namespace bao::cli
