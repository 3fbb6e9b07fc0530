// sys/storage/raft/autopilot: how the members are, and what counts as healthy (core/ha/autopilot.h); the leader knows.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/core/ha/autopilot.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

// ---- configuration

using Settings = AutopilotSettings;

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
  ASSIGN_OR_RETURN(const Settings stored, stored_autopilot(all));
  return Response::of(to_json(effective(stored)));
}

base::Status change(Settings& settings, const logical::Fields& given) {
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
  return check(settings);
}

// In force once it is stored; whoever leads later takes what is stored.
Reply write_configuration(Core::Parts& parts, const Call& call) {
  Settings settings;
  const auto stored = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    ASSIGN_OR_RETURN(settings, stored_autopilot(all));
    TRY(change(settings, call.fields));
    return all.put(kAutopilotKey, serialize(settings));
  });
  if (!stored.ok()) return stored.error();
  if (parts.options.cluster != nullptr) parts.options.cluster->set_autopilot(effective(settings));
  return Response::none();
}

// ---- state

// A member and how it is; of a node without a cluster, itself alone.
struct Server {
  ClusterMember member;
  MemberHealth health;
};

base::Result<std::vector<Server>> servers_of(const Core::Parts& parts) {
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, members_of(parts));
  std::vector<MemberHealth> all;
  if (parts.options.cluster != nullptr) all = parts.options.cluster->health();
  std::vector<Server> servers;
  for (const ClusterMember& member : members) {
    const auto known = std::ranges::find(all, member.record.id, &MemberHealth::id);
    const bool alone = parts.options.cluster == nullptr;
    servers.push_back({member, known != all.end() ? *known : MemberHealth{member.record.id, alone, {}, parts.clock.now()}});
  }
  return servers;
}

// Who is reached is in the leader's term. That others run the leader's version is taken for granted, as by the reference
// where it doesn't know.
Json server_json(const Server& server, const Settings& settings, uint64_t term, const std::string& version) {
  const auto& [member, health] = server;
  const bool reached = member.leads || health.since_contact <= settings.last_contact;
  return Json::object({{"id", member.record.name},
                       {"name", member.record.name},
                       {"address", member.record.cluster_address},
                       {"node_status", reached ? "alive" : "failed"},
                       {"last_contact", base::format_go_duration(health.since_contact)},
                       {"last_term", reached ? term : uint64_t{0}},
                       {"last_index", member.match},
                       {"healthy", health.healthy},
                       {"stable_since", base::format_rfc3339(health.stable_since)},
                       {"status", member.leads ? "leader" : member.votes ? "voter" : "non-voter"},
                       {"version", version},
                       {"node_type", member.votes ? "voter" : "non-voter"}});
}

Reply state(const Core::Parts& parts, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const Settings stored, stored_autopilot(all));
  ASSIGN_OR_RETURN(const std::vector<Server> known, servers_of(parts));
  const uint64_t term = parts.options.cluster != nullptr ? parts.options.cluster->role().term : 0;
  Json voters = Json::array(), non_voters = Json::array(), servers = Json::object();
  std::string leader;
  int64_t healthy_voters = 0;
  bool healthy = true;
  for (const Server& server : known) {
    const ClusterMember& member = server.member;
    healthy = healthy && server.health.healthy;
    if (member.leads) leader = member.record.name;
    if (member.votes && server.health.healthy) ++healthy_voters;
    (member.votes ? voters : non_voters).push_back(member.record.name);
    servers.set(member.record.name, server_json(server, effective(stored), term, parts.options.version));
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
           .description = "Whether servers that are dead are removed."},
          {.name = "last_contact_threshold", .type = FieldType::duration,
           .description = "After how long without contact a server is unhealthy."},
          {.name = "dead_server_last_contact_threshold", .type = FieldType::duration,
           .description = "After how long without contact a server is dead."},
          {.name = "max_trailing_logs", .type = FieldType::integer,
           .description = "How many entries a healthy server may be behind."},
          {.name = "min_quorum", .type = FieldType::integer,
           .description = "How many servers have to stay."},
          {.name = "server_stabilization_time", .type = FieldType::duration,
           .description = "How long a new server has to be healthy before it votes."},
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
      {.operation = Operation::update, .effect = Manages{[&parts](const Call& call) { return write_configuration(parts, call); }}, .summary = "Changes autopilot configuration."}};
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
