// sys/storage/raft/autopilot: how the members are, and what counts as healthy (openbao-ha.md 5.10). The state is made out of
// what the leader knows when it is asked; nothing runs in the background. Of the configuration max_trailing_logs is what is
// acted on; the other settings are kept, as members are reached or not by Raft's own measure, and nobody is removed.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

constexpr std::string_view kConfigurationKey = "core/raft/autopilot/configuration";

// ---- configuration

// As stored (by the reference, too): 0 is not set, and so the default.
struct Settings {
  enum class Cleanup : uint8_t { unset = 0, yes = 1, no = 2 } cleanup = Cleanup::unset;
  base::Duration last_contact{0}, dead_server_last_contact{0}, stabilization{0};
  int64_t max_trailing_logs = 0, min_quorum = 0;

  bool cleans_up() const { return cleanup == Cleanup::yes; }
};

Settings effective(const Settings& stored) {
  const auto chosen = [](auto value, auto fallback) { return value == decltype(value){} ? decltype(value)(fallback) : value; };
  Settings all = stored;
  all.last_contact = chosen(stored.last_contact, std::chrono::seconds(10));
  all.dead_server_last_contact = chosen(stored.dead_server_last_contact, std::chrono::hours(24));
  all.stabilization = chosen(stored.stabilization, std::chrono::seconds(10));
  all.max_trailing_logs = chosen(stored.max_trailing_logs, 1000);
  return all;
}

Json to_json(const Settings& settings) {
  return Json::object({{"cleanup_dead_servers", settings.cleans_up()},
                       {"last_contact_threshold", base::format_go_duration(settings.last_contact)},
                       {"dead_server_last_contact_threshold", base::format_go_duration(settings.dead_server_last_contact)},
                       {"max_trailing_logs", settings.max_trailing_logs},
                       {"min_quorum", settings.min_quorum},
                       {"server_stabilization_time", base::format_go_duration(settings.stabilization)}});
}

std::string serialize(const Settings& settings) {
  Json entry = to_json(settings);
  entry.set("cleanup_dead_servers_value", static_cast<int64_t>(settings.cleanup));
  return codec::write_json(entry);
}

base::Result<Settings> parse(const std::string& stored) {
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(stored));
  Settings settings;
  const auto cleanup = entry["cleanup_dead_servers_value"].as_int();
  if (cleanup.ok() && *cleanup >= 0 && *cleanup <= 2) settings.cleanup = static_cast<Settings::Cleanup>(*cleanup);
  ASSIGN_OR_RETURN(settings.last_contact, base::parse_api_duration(entry["last_contact_threshold"].as_string()));
  ASSIGN_OR_RETURN(settings.dead_server_last_contact, base::parse_api_duration(entry["dead_server_last_contact_threshold"].as_string()));
  ASSIGN_OR_RETURN(settings.stabilization, base::parse_api_duration(entry["server_stabilization_time"].as_string()));
  ASSIGN_OR_RETURN(settings.max_trailing_logs, entry["max_trailing_logs"].as_int());
  ASSIGN_OR_RETURN(settings.min_quorum, entry["min_quorum"].as_int());
  return settings;
}

base::Result<Settings> stored_settings(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto stored, all.get(kConfigurationKey));
  if (!stored) return Settings();
  auto settings = parse(*stored);
  if (!settings.ok()) return base::corrupt(std::string(kConfigurationKey) + ": " + settings.error().message());
  return settings;
}

std::string hexadecimal(int64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number));
  return text;
}

base::Status check(const Settings& settings) {
  for (const int64_t number : {settings.max_trailing_logs, settings.min_quorum}) {
    if (number < 0) return base::invalid("max_trailing_logs and min_quorum cannot be negative");
  }
  const Settings all = effective(settings);
  if (!all.cleans_up()) return {};
  if (all.min_quorum < 3) {
    return base::invalid("min_quorum must be set when cleanup_dead_servers is set and it should at least be 3; "
                         "cleanup_dead_servers: true, min_quorum: " + hexadecimal(all.min_quorum));
  }
  if (all.dead_server_last_contact < std::chrono::minutes(1)) {
    return base::invalid("dead_server_last_contact_threshold should not be set to less than 1m; received: " +
                         std::to_string(base::whole_seconds(all.dead_server_last_contact)));
  }
  return {};
}

Reply read_configuration(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const Settings stored, stored_settings(all));
  return Response::of(to_json(effective(stored)));
}

Reply write_configuration(const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(Settings settings, stored_settings(all));
  const logical::Fields& given = call.fields;
  if (given.has("cleanup_dead_servers")) {
    settings.cleanup = given.boolean("cleanup_dead_servers") ? Settings::Cleanup::yes : Settings::Cleanup::no;
  }
  for (const auto& [name, member] : {std::pair{"last_contact_threshold", &Settings::last_contact},
                                     std::pair{"dead_server_last_contact_threshold", &Settings::dead_server_last_contact},
                                     std::pair{"server_stabilization_time", &Settings::stabilization}}) {
    if (given.has(name)) settings.*member = given.duration(name);
  }
  if (given.has("max_trailing_logs")) settings.max_trailing_logs = given.integer("max_trailing_logs");
  if (given.has("min_quorum")) settings.min_quorum = given.integer("min_quorum");
  TRY(check(settings));
  TRY(all.put(kConfigurationKey, serialize(settings)));
  // In the log and not in the answer, which scripts expect to be empty.
  if (given.boolean("cleanup_dead_servers")) base::log_warn("cluster", "cleanup_dead_servers is kept and has no effect in this release");
  return Response::none();
}

// ---- state

struct Standing {
  uint64_t term = 0, leader_match = 0;
  int64_t trailing_max = 0;
  std::string version;
};

bool is_healthy(const ClusterMember& member, const Standing& standing) {
  if (member.leads) return true;
  const uint64_t behind = standing.leader_match > member.match ? standing.leader_match - member.match : 0;
  return member.reached_lately && behind <= static_cast<uint64_t>(standing.trailing_max);
}

// Who is reached is in the leader's term. That others run the leader's version is taken for granted, as by the reference
// where it doesn't know.
Json server_json(const ClusterMember& member, const Standing& standing) {
  const bool reached = member.leads || member.reached_lately;
  return Json::object({{"id", member.record.name},
                       {"name", member.record.name},
                       {"address", member.record.cluster_address},
                       {"node_status", reached ? "alive" : "failed"},
                       {"last_contact", reached ? "0s" : "unknown"},
                       {"last_term", reached ? standing.term : uint64_t{0}},
                       {"last_index", member.match},
                       {"healthy", is_healthy(member, standing)},
                       {"status", member.leads ? "leader" : member.votes ? "voter" : "non-voter"},
                       {"version", standing.version},
                       {"node_type", member.votes ? "voter" : "non-voter"}});
}

Standing standing_of(const Core::Parts& parts, const std::vector<ClusterMember>& members, int64_t trailing_max) {
  Standing standing{0, 0, trailing_max, parts.options.version};
  if (parts.options.cluster != nullptr) standing.term = parts.options.cluster->role().term;
  for (const ClusterMember& member : members) {
    if (member.leads) standing.leader_match = member.match;
  }
  return standing;
}

Reply state(const Core::Parts& parts, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const Settings stored, stored_settings(all));
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, members_of(parts));
  const Standing standing = standing_of(parts, members, effective(stored).max_trailing_logs);
  Json voters = Json::array(), non_voters = Json::array(), servers = Json::object();
  std::string leader;
  int64_t healthy_voters = 0;
  bool healthy = true;
  for (const ClusterMember& member : members) {
    const bool well = is_healthy(member, standing);
    healthy = healthy && well;
    if (member.leads) leader = member.record.name;
    if (member.votes && well) ++healthy_voters;
    (member.votes ? voters : non_voters).push_back(member.record.name);
    servers.set(member.record.name, server_json(member, standing));
  }
  const int64_t quorum = static_cast<int64_t>(voters.size()) / 2 + 1;
  Json data = Json::object({{"healthy", healthy},
                            {"failure_tolerance", std::max(int64_t{0}, healthy_voters - quorum)},
                            {"leader", leader},
                            {"voters", std::move(voters)},
                            {"servers", std::move(servers)}});
  if (!non_voters.empty()) data.set("non_voters", std::move(non_voters));
  return Response::of(std::move(data));
}

std::vector<logical::Field> configuration_fields() {
  return {{.name = "cleanup_dead_servers", .type = FieldType::boolean,
           .description = "Whether servers that are dead are removed. Kept, without effect in this release."},
          {.name = "last_contact_threshold", .type = FieldType::duration,
           .description = "After how long without contact a server is unhealthy. Kept, without effect in this release."},
          {.name = "dead_server_last_contact_threshold", .type = FieldType::duration,
           .description = "After how long without contact a server is dead. Kept, without effect in this release."},
          {.name = "max_trailing_logs", .type = FieldType::integer,
           .description = "How many entries a healthy server may be behind."},
          {.name = "min_quorum", .type = FieldType::integer,
           .description = "How many servers have to stay. Kept, without effect in this release."},
          {.name = "server_stabilization_time", .type = FieldType::duration,
           .description = "How long a new server has to be healthy before it votes. Kept, without effect in this release."},
          {.name = "disable_upgrade_migration", .type = FieldType::boolean,
           .description = "Whether servers of a new version take over by themselves. Without effect."}};
}

}  // namespace

Paths raft_autopilot_paths(Core::Parts& parts) {
  Path configuration;
  configuration.pattern = "storage/raft/autopilot/configuration";
  configuration.fields = configuration_fields();
  configuration.synopsis = "Returns autopilot configuration.";
  configuration.handlers = {
      {.operation = Operation::read, .effect = Reads{read_configuration}, .summary = "Returns autopilot configuration."},
      {.operation = Operation::update, .effect = Writes{write_configuration}, .summary = "Changes autopilot configuration."}};
  Path health;
  health.pattern = "storage/raft/autopilot/state";
  health.synopsis = "Returns the state of the raft cluster under integrated storage as seen by autopilot.";
  health.handlers = {{.operation = Operation::read,
                      .effect = reads_on_leader(parts, [&parts](const Call&, const storage::ReadView& all) { return state(parts, all); }),
                      .summary = health.synopsis}};
  Paths paths;
  paths.push_back(std::move(configuration));
  paths.push_back(std::move(health));
  return paths;
}

}  // namespace bao::core::sys
