#include "internal/core/ha/autopilot.h"

#include "internal/base/time_format.h"

namespace bao::core {

using codec::Json;

AutopilotSettings effective(const AutopilotSettings& stored) {
  const auto chosen = [](auto value, auto fallback) { return value == decltype(value){} ? decltype(value)(fallback) : value; };
  AutopilotSettings all = stored;
  all.last_contact = chosen(stored.last_contact, std::chrono::seconds(10));
  all.dead_server_last_contact = chosen(stored.dead_server_last_contact, std::chrono::hours(24));
  all.stabilization = chosen(stored.stabilization, std::chrono::seconds(10));
  all.max_trailing_logs = chosen(stored.max_trailing_logs, 1000);
  return all;
}

Json to_json(const AutopilotSettings& settings) {
  return Json::object({{"cleanup_dead_servers", settings.cleans_up()},
                       {"last_contact_threshold", base::format_go_duration(settings.last_contact)},
                       {"dead_server_last_contact_threshold", base::format_go_duration(settings.dead_server_last_contact)},
                       {"max_trailing_logs", settings.max_trailing_logs},
                       {"min_quorum", settings.min_quorum},
                       {"server_stabilization_time", base::format_go_duration(settings.stabilization)}});
}

std::string serialize(const AutopilotSettings& settings) {
  Json entry = to_json(settings);
  entry.set("cleanup_dead_servers_value", static_cast<int64_t>(settings.cleanup));
  return codec::write_json(entry);
}

namespace {

base::Result<AutopilotSettings> parse(const std::string& stored) {
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(stored));
  AutopilotSettings settings;
  const auto cleanup = entry["cleanup_dead_servers_value"].as_int();
  if (cleanup.ok() && *cleanup >= 0 && *cleanup <= 2) settings.cleanup = static_cast<AutopilotSettings::Cleanup>(*cleanup);
  ASSIGN_OR_RETURN(settings.last_contact, base::parse_api_duration(entry["last_contact_threshold"].as_string()));
  ASSIGN_OR_RETURN(settings.dead_server_last_contact, base::parse_api_duration(entry["dead_server_last_contact_threshold"].as_string()));
  ASSIGN_OR_RETURN(settings.stabilization, base::parse_api_duration(entry["server_stabilization_time"].as_string()));
  ASSIGN_OR_RETURN(settings.max_trailing_logs, entry["max_trailing_logs"].as_int());
  ASSIGN_OR_RETURN(settings.min_quorum, entry["min_quorum"].as_int());
  return settings;
}

}  // namespace

base::Result<AutopilotSettings> stored_autopilot(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto stored, all.get(kAutopilotKey));
  if (!stored) return AutopilotSettings();
  auto settings = parse(*stored);
  if (!settings.ok()) return base::corrupt(std::string(kAutopilotKey) + ": " + settings.error().message());
  return settings;
}

}  // namespace bao::core
