// bao debug invalidations: what each node of the cluster keeps in memory, what it was told of, and whether that is what storage holds.
#include <unistd.h>

#include <thread>

#include "internal/base/time_format.h"
#include "internal/cli/columns.h"
#include "internal/cli/debug.h"
#include "internal/cli/debug_nodes.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"

namespace bao::cli {
namespace {

using codec::Json;

std::string shown(const Json& json, std::string_view unit = "") {
  if (json.is_null()) return "-";
  return (json.is_string() ? json.as_string() : json.text()) + std::string(unit);
}

int64_t int_of(const Json& json) {
  const auto value = json.as_int();
  return value.ok() ? *value : 0;
}

std::string age(const Json& milliseconds) {
  const auto value = milliseconds.as_int();
  if (!milliseconds.is_number() || !value.ok()) return "-";
  if (*value < 10'000) return std::to_string(*value) + "ms";
  return base::format_go_duration(std::chrono::seconds(*value / 1000));
}

struct Told {
  std::vector<std::pair<std::string, Json>> nodes;  // id and what it told
  Json unreachable = Json::array();
  int64_t divergences = 0;
};

Told ask_all(Session& session) {
  Told told;
  ClusterNodes cluster = ClusterNodes::find(session);
  for (ClusterNodes::Node& node : cluster.nodes()) {
    Json data = ClusterNodes::ask(node, "sys/node/invalidations");
    if (data.is_null()) {
      told.unreachable.push_back(Json::record({{"node_id", node.id}, {"address", node.address}, {"error", node.error}}));
      continue;
    }
    told.divergences += int_of(data["divergences"]);
    told.nodes.emplace_back(node.id, std::move(data));
  }
  if (!cluster.trouble().empty()) {
    told.unreachable.push_back(Json::record({{"node_id", ""}, {"address", ""}, {"error", cluster.trouble()}}));
  }
  return told;
}

std::string tables_of(const Told& told, bool detailed) {
  std::vector<Row> nodes = {{"Node", "Role", "Served", "Committed", "Lag", "Queued", "Unowned", "Divergences"}};
  std::vector<Row> caches = {{"Node", "Cache", "Objects", "Stale", "Compared", "Divergences"}};
  std::vector<Row> owners = {{"Node", "Owner", "Changed keys", "Last index", "Age"}};
  if (detailed) owners.front().push_back("Prefixes");
  for (const auto& [id, node] : told.nodes) {
    nodes.push_back({id, shown(node["role"]), shown(node["served_index"]), shown(node["commit_index"]),
                     shown(node["lag_entries"]) + " entries" + (node["lag_milliseconds"].is_null() ? "" : ", " + age(node["lag_milliseconds"])),
                     shown(node["queue_entries"]), shown(node["unowned"]), shown(node["divergences"])});
    for (const Json& cache : node["caches"].items()) {
      caches.push_back({id, shown(cache["cache"]), shown(cache["objects"]), shown(cache["stale"]), shown(cache["compared"]), shown(cache["divergences"])});
    }
    for (const Json& owner : node["owners"].items()) {
      Row row = {id, shown(owner["owner"]), shown(owner["marks"]), shown(owner["last_index"]), age(owner["last_age_milliseconds"])};
      std::string prefixes;
      for (const Json& prefix : owner["prefixes"].items()) prefixes += (prefixes.empty() ? "" : " ") + prefix.as_string();
      if (detailed) row.push_back(prefixes);
      owners.push_back(std::move(row));
    }
  }
  std::string out = table(nodes) + "\n\n" + table(caches) + "\n\n" + table(owners);
  for (const Json& node : told.unreachable.items()) {
    const std::string who = node["node_id"].as_string();
    out += "\n\n" + (who.empty() ? "" : who + " (" + node["address"].as_string() + ") did not answer: ") + node["error"].as_string();
  }
  return out;
}

int show(Invocation& run, const Told& told) {
  if (run.table()) {
    run.ui().output(tables_of(told, run.ui().detailed()));
  } else {
    Json nodes = Json::array();
    for (const auto& [id, node] : told.nodes) nodes.push_back(node);
    const int printed = print_data(run.ui(), Json::record({{"divergences", told.divergences}, {"nodes", std::move(nodes)},
                                                           {"unreachable", told.unreachable}}));
    if (printed != 0) return printed;
  }
  return told.nodes.empty() ? 2 : 0;
}

}  // namespace

int debug_invalidations(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  if (session->prints_only()) return session->read("sys/node/invalidations").ok() ? 0 : 1;
  if (!run.flags().boolean("watch")) return show(run, ask_all(*session));
  const auto interval = std::max<base::Duration>(run.flags().duration("interval"), std::chrono::milliseconds(200));
  const bool screen = isatty(STDOUT_FILENO) != 0;
  while (true) {  // until it is interrupted
    const Told told = ask_all(*session);
    if (screen) run.ui().value("\033[H\033[2J\033[3J");
    if (const int failed = show(run, told); failed != 0 && told.nodes.empty() && !screen) return failed;
    run.ui().output("");
    std::fflush(stdout);
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace bao::cli
