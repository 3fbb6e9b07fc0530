// sys/node: what a node says of itself alone, standby or active, to those who look into a problem (`bao debug`). Ours, not the
// reference's. Never forwarded: each node is asked itself.
//   node/raft            its place in the log, the members as it knows them
//   node/invalidations   owners of storage prefixes and what they were told; caches and the audit of them. Writing audits at once.
//   node/forwarding      what it sends to the active node, answers for others, and confirms before it refuses
#include <utility>

#include "internal/base/host_name.h"
#include "internal/core/life_cycle.h"
#include "internal/core/system/node_samples.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Manages;
using logical::Of;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Json milliseconds(std::optional<std::chrono::milliseconds> time) { return time ? Json(static_cast<int64_t>(time->count())) : Json(); }

// Who speaks: in front of every section.
Json node_head(const Core::Parts& parts) {
  const bool active = parts.life_cycle->active();
  return Json::record({{"node_id", parts.options.node_id},
                       {"hostname", base::host_name()},
                       {"api_address", parts.options.api_address},
                       {"version", parts.options.version},
                       {"role", active ? "active" : "standby"}});
}

ClusterStanding standing_of(const Core::Parts& parts) {
  if (parts.options.cluster != nullptr) {
    if (const auto standing = parts.options.cluster->standing(); standing.ok()) return *standing;
    return {};
  }
  const uint64_t applied = parts.backend.applied().value;
  return {0, applied, applied, applied, applied, true, {}, {}, 0, {}};
}

void add_standing(Json& json, const ClusterStanding& now) {
  json.set("term", now.term);
  json.set("last_index", now.last);
  json.set("commit_index", now.commit);
  json.set("applied_index", now.applied);
  json.set("served_index", now.served);
  json.set("lag_entries", now.commit - std::min(now.commit, now.served));
  json.set("lag_milliseconds", milliseconds(now.lag));
  json.set("unheard_milliseconds", milliseconds(now.unheard));
  json.set("queue_entries", now.queued);
  json.set("queue_milliseconds", static_cast<int64_t>(now.queue_age.count()));
}

// What the leader alone knows of a member is null elsewhere.
Json member_json(const ClusterMember& member, bool leads_here) {
  const bool known = leads_here && !member.leads;
  Json json = Json::record({{"node_id", member.record.name},
                            {"api_address", member.record.api_address},
                            {"cluster_address", member.record.cluster_address},
                            {"hostname", member.record.host_name},
                            {"version", member.record.version},
                            {"leads", member.leads},
                            {"votes", member.votes}});
  json.set("reached", known ? Json(member.reached_lately) : Json());
  json.set("held_index", known ? Json(member.match) : Json());
  json.set("served_index", known ? Json(member.applied) : Json());
  json.set("lag_milliseconds", known ? milliseconds(member.lag) : Json());
  json.set("unheard_milliseconds", known ? milliseconds(member.unheard) : Json());
  return json;
}

Reply raft_state(const Core::Parts& parts) {
  Json data = node_head(parts);
  const ClusterStanding now = standing_of(parts);
  data.set("leads", now.leads);
  add_standing(data, now);
  ASSIGN_OR_RETURN(const auto members, members_of(parts));
  Json list = Json::array();
  for (const ClusterMember& member : members) list.push_back(member_json(member, now.leads));
  data.set("members", std::move(list));
  return Response::of(std::move(data));
}

Json owner_json(const OwnerActivity& owner, base::Time now) {
  Json json = Json::record({{"owner", owner.owner},
                            {"caches", owner.caches},
                            {"marks", owner.marks},
                            {"last_index", owner.marks == 0 ? Json() : Json(owner.last.value)}});
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - owner.last_at);
  json.set("last_age_milliseconds", owner.marks == 0 ? Json() : Json(static_cast<int64_t>(age.count())));
  json.set("prefixes", Json::strings(owner.prefixes));
  return json;
}

int64_t counted(const char* name, std::string_view cache) {
  return base::counter(std::string(name) + "{cache=" + std::string(cache) + "}").value();
}

// `stale`: changed, and not loaded anew yet, which whoever asks for it does.
Json cache_json(std::string_view cache, uint64_t objects, uint64_t stale, int64_t& divergences) {
  const int64_t own = counted("audit.divergences", cache);
  divergences += own;
  return Json::record({{"cache", cache}, {"objects", objects}, {"stale", stale}, {"compared", counted("audit.compared", cache)},
                       {"divergences", own}});
}

Json caches_json(const Core::Parts& parts, int64_t& divergences) {
  const auto router = parts.mounts->current();
  const uint64_t mounts = router == nullptr ? 0 : router->mounts().size();
  const TokenCache::Size tokens = parts.tokens.kept();
  Json caches = Json::array();
  caches.push_back(cache_json("tokens", tokens.objects, tokens.stale, divergences));
  caches.push_back(cache_json("policies", parts.policies.kept(), 0, divergences));
  caches.push_back(cache_json("mounts", mounts, parts.mounts->stale() ? mounts : 0, divergences));
  caches.push_back(cache_json("keyring", 1, parts.life_cycle->keyring_stale() ? 1 : 0, divergences));
  if (parts.backend.type() == "raft") {
    caches.push_back(cache_json("records", static_cast<uint64_t>(counted("cache.objects", "records")), 0, divergences));
  }
  return caches;
}

Reply invalidations(const Core::Parts& parts) {
  Json data = node_head(parts);
  add_standing(data, standing_of(parts));
  const base::Time now = base::system_clock().now();  // as the applier's
  Json owners = Json::array();
  for (const OwnerActivity& owner : parts.invalidation.activity()) owners.push_back(owner_json(owner, now));
  int64_t divergences = 0;
  Json caches = caches_json(parts, divergences);
  data.set("divergences", divergences);
  data.set("unowned", base::counter("invalidation.unowned").value());
  data.set("caches", std::move(caches));
  data.set("owners", std::move(owners));
  return Response::of(std::move(data));
}

Reply forwarding(const Core::Parts& parts) {
  Json data = node_head(parts);
  Json counts = Json::object();
  for (const base::Sample& sample : all_samples(parts)) {
    const std::string_view name = sample.name;
    const bool ours = name.starts_with("forward.") || name.starts_with("confirm.") || name.starts_with("raft.transport.") ||
                      name == "http.forwarded" || name == "core.wrong_declarations";
    if (ours) counts.set(sample.name, sample.value);
  }
  data.set("counts", std::move(counts));
  return Response::of(std::move(data));
}

using Tell = Reply (*)(const Core::Parts&);

Path telling(const Core::Parts& parts, const char* pattern, Tell tell, const char* summary) {
  Path path;
  path.pattern = pattern;
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts, tell](const Call&, const storage::ReadView&) { return tell(parts); }},
                    .summary = summary}};
  path.synopsis = summary;
  return path;
}

}  // namespace

Paths node_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(telling(parts, "node/raft", raft_state, "This node's place in the replicated log, and the members as it knows them."));
  paths.push_back(telling(parts, "node/forwarding", forwarding, "What this node forwards, answers for others, and confirms."));
  paths.push_back(telling(parts, "node/invalidations", invalidations,
                          "What the owners of storage prefixes were told on this node, and how its caches compare with storage."));
  paths.back().handlers.push_back({.operation = Operation::update,
                                   .effect = Manages{[&parts](const Call&) -> Reply {
                                                       parts.life_cycle->audit();
                                                       return invalidations(parts);
                                                     },
                                                     Of::node},
                                   .summary = "Compares what is kept in memory with storage, now."});
  return paths;
}

}  // namespace bao::core::sys
