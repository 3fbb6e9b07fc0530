// sys/metrics, host-info, version-history: looking at a running node (openbao-api.md 2.1). About this node alone, but for ha-status.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "internal/base/metrics.h"
#include "internal/base/time_format.h"
#include "internal/core/system/host_info.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Field;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr std::string_view kVersionsPrefix = "core/versions/";

// Names with what Prometheus allows: letters, digits, '_' and ':'.
std::string prometheus_name(std::string_view name) {
  std::string out = "bao_";
  for (const char c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
    out += allowed ? c : '_';
  }
  return out;
}

std::string prometheus_text() {
  std::string out;
  for (const base::Sample& sample : base::metric_samples()) {
    const std::string name = prometheus_name(sample.name);
    out += "# TYPE " + name + " untyped\n" + name + " " + std::to_string(sample.value) + "\n";
  }
  return out;
}

std::string metrics_json(base::Time now) {
  Json gauges = Json::array();
  for (const base::Sample& sample : base::metric_samples()) {
    Json gauge = Json::record();
    gauge.set("Name", "bao." + sample.name);
    gauge.set("Value", sample.value);
    gauge.set("Labels", Json::object());
    gauges.push_back(std::move(gauge));
  }
  Json document = Json::record();
  document.set("Timestamp", base::format_rfc3339_seconds(now));
  document.set("Gauges", std::move(gauges));
  document.set("Points", Json::array());
  document.set("Counters", Json::array());
  document.set("Samples", Json::array());
  return codec::write_json(document);
}

bool wants_prometheus(const Call& call) {
  const std::string format = call.fields.string("format");
  if (!format.empty()) return format == "prometheus";
  for (const auto& [name, value] : call.request.headers) {
    if (name != "Accept") continue;
    return value.starts_with("prometheus/telemetry") || value.starts_with("application/openmetrics-text");
  }
  return false;
}

Reply metrics(const Call& call, const storage::ReadView&) {
  const std::string format = call.fields.string("format");
  if (!format.empty() && format != "prometheus") {
    return base::invalid("metric response format \"" + format + "\" unknown");
  }
  Response response;
  response.raw = wants_prometheus(call) ? logical::RawBody{200, "text/plain; version=0.0.4", prometheus_text()}
                                        : logical::RawBody{200, "application/json", metrics_json(call.now)};
  return response;
}

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

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) name[0] = 0;
  return name;
}

// What another node's addresses call its host: what it calls itself isn't told.
std::string host_of(std::string address) {
  address.resize(std::min(address.rfind(':'), address.size()));
  return address;
}

// One node of the cluster, or the only one. That others run this node's version is taken for granted.
Json node_json(const Core::Parts& parts, const ClusterMember& member, base::Time now) {
  const bool clustered = parts.options.cluster != nullptr;
  Json node = Json::record({{"hostname", member.leads ? host_name() : host_of(member.record.cluster_address)},
                            {"api_address", member.record.api_address},
                            {"cluster_address", clustered ? "https://" + member.record.cluster_address : parts.options.cluster_address},
                            {"active_node", member.leads},
                            {"last_echo", member.leads ? Json() : Json(base::format_rfc3339(now))},
                            {"version", parts.options.version}});
  if (clustered) node.set("upgrade_version", parts.options.version);
  return node;
}

// Those that are there, as the leader knows: it heard of the others within an election timeout, hence "now".
Reply ha_status(const Core::Parts& parts, base::Time now) {
  ASSIGN_OR_RETURN(std::vector<ClusterMember> members, members_of(parts));
  std::erase_if(members, [](const ClusterMember& member) { return !member.leads && !member.reached_lately; });
  std::sort(members.begin(), members.end(),
            [](const ClusterMember& a, const ClusterMember& b) { return a.record.api_address < b.record.api_address; });
  Json nodes = Json::array();
  for (const ClusterMember& member : members) nodes.push_back(node_json(parts, member, now));
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
  nodes.handlers = {{.operation = Operation::read,
                     .effect = reads_on_leader(parts, [&parts](const Call& call, const storage::ReadView&) { return ha_status(parts, call.now); }),
                     .summary = "Check the HA status of the cluster."}};
  nodes.synopsis = "Provides information about the nodes of the cluster.";
  paths.push_back(std::move(nodes));
  paths.push_back(looking("metrics", Operation::read, metrics, "Export the metrics of this node."));
  paths.back().fields = {{.name = "format", .description = "Format to export metrics into: prometheus, or JSON without it.", .query = true}};
  paths.push_back(looking("host-info/?", Operation::read, host_info, "Information about the host this node runs on."));
  paths.push_back(looking("version-history/?", Operation::list, version_history, "The versions this cluster has run, in order."));
  return paths;
}

}  // namespace bao::core::sys
