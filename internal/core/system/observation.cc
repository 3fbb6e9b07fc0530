// sys/ha-status, host-info, version-history: looking at a running node (openbao-api.md 2.1). About this node alone, but for ha-status.
#include <algorithm>
#include <utility>

#include "internal/base/host_name.h"
#include "internal/base/time_format.h"
#include "internal/core/system/host_info.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr std::string_view kVersionsPrefix = "core/versions/";

Reply host_info(const Call& call, const storage::ReadView&) {
  Response response;
  response.data = describe_host(call.now, response.warnings);
  return response;
}

struct InstalledVersion {
  std::string version, commit_date;
  base::Time installed{};
};

base::Result<std::vector<InstalledVersion>> installed_versions(const storage::ReadView& all) {
  std::vector<InstalledVersion> out;
  ASSIGN_OR_RETURN(const auto names, all.list(kVersionsPrefix));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto stored, all.get(std::string(kVersionsPrefix) + name));
    if (!stored) continue;
    ASSIGN_OR_RETURN(const Json entry, codec::parse_json(*stored));
    InstalledVersion version{entry["Version"].as_string(), entry["CommitDate"].as_string(), {}};
    if (version.version.empty()) version.version = name;
    if (version.commit_date.empty()) version.commit_date = entry["BuildDate"].as_string();
    ASSIGN_OR_RETURN(version.installed, base::parse_rfc3339(entry["TimestampInstalled"].as_string()));
    out.push_back(std::move(version));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.installed < b.installed; });
  return out;
}

Reply version_history(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto versions, installed_versions(all));
  std::vector<std::string> names;
  Json info = Json::object();
  for (const InstalledVersion& version : versions) {
    Json entry = Json::object();
    entry.set("timestamp_installed", base::format_rfc3339_seconds(version.installed));
    entry.set("commit_date", version.commit_date);
    entry.set("previous_version", names.empty() ? Json() : Json(names.back()));
    info.set(version.version, std::move(entry));
    names.push_back(version.version);
  }
  return Response::keys(names, std::move(info));
}

std::string iso_before(base::Time now, std::chrono::milliseconds age) { return base::format_rfc3339(now - age); }

// One node of the cluster, or the only one, in the reference's members.
Json node_json(const Core::Parts& parts, const ClusterMember& member, base::Time now) {
  const bool clustered = parts.options.cluster != nullptr;
  const std::string version = clustered ? member.record.version : parts.options.version;
  Json node = Json::record({{"hostname", clustered ? member.record.host_name : base::host_name()},
                            {"api_address", member.record.api_address},
                            {"cluster_address", clustered ? "https://" + member.record.cluster_address : parts.options.cluster_address},
                            {"active_node", member.leads},
                            {"last_echo", member.leads ? Json() : Json(iso_before(now, member.unheard))},
                            {"version", version}});
  if (clustered) node.set("upgrade_version", version);
  return node;
}

// Beyond the reference: whoever compares answers with it doesn't ask for it.
void add_details(Json& node, const ClusterMember& member, uint64_t leader_has) {
  node.set("node_id", member.record.name);
  node.set("voter", member.votes);
  node.set("reached", member.leads || member.reached_lately);
  node.set("served_index", member.applied);
  node.set("lag_entries", leader_has - std::min(leader_has, member.applied));
  node.set("lag_milliseconds", static_cast<int64_t>(member.lag.count()));
  node.set("unheard_milliseconds", static_cast<int64_t>(member.unheard.count()));
}

// Those that are there, as the leader knows; with `detailed` all members and how far behind they are.
Reply ha_status(const Core::Parts& parts, const Call& call) {
  const bool detailed = call.fields.boolean("detailed");
  ASSIGN_OR_RETURN(std::vector<ClusterMember> members, members_of(parts));
  uint64_t leader_has = parts.backend.applied().value;
  if (parts.options.cluster != nullptr) {
    if (const auto standing = parts.options.cluster->standing(); standing.ok()) leader_has = standing->commit;
  }
  if (!detailed) std::erase_if(members, [](const ClusterMember& member) { return !member.leads && !member.reached_lately; });
  std::sort(members.begin(), members.end(),
            [](const ClusterMember& a, const ClusterMember& b) { return a.record.api_address < b.record.api_address; });
  Json nodes = Json::array();
  for (const ClusterMember& member : members) {
    Json node = node_json(parts, member, call.now);
    if (detailed) add_details(node, member, leader_has);
    nodes.push_back(std::move(node));
  }
  return spread(Json::object({{"nodes", std::move(nodes)}}));
}

using Run = Reply (*)(const Call&, const storage::ReadView&);

Path looking(const char* pattern, Operation operation, Run run, const char* summary) {
  Path path;
  path.pattern = pattern;
  path.handlers = {{.operation = operation, .effect = Reads{run}, .summary = summary}};
  path.synopsis = summary;
  return path;
}

}  // namespace

Paths observation_paths(Core::Parts& parts) {
  Paths paths;
  Path nodes;
  nodes.pattern = "ha-status";
  nodes.fields = {{.name = "detailed", .type = logical::FieldType::boolean,
                   .description = "Beyond the reference: every member, with its id, served index and lag.", .query = true}};
  nodes.handlers = {{.operation = Operation::read,
                     .effect = reads_on_leader(parts, [&parts](const Call& call, const storage::ReadView&) { return ha_status(parts, call); }),
                     .summary = "Check the HA status of the cluster."}};
  nodes.synopsis = "Provides information about the nodes of the cluster.";
  paths.push_back(std::move(nodes));
  paths.push_back(looking("host-info/?", Operation::read, host_info, "Information about the host this node runs on."));
  paths.push_back(looking("version-history/?", Operation::list, version_history, "The versions this cluster has run, in order."));
  return paths;
}

}  // namespace bao::core::sys
