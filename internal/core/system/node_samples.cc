#include "internal/core/system/node_samples.h"

#include <algorithm>
#include <string>
#include <utility>

#include "internal/core/life_cycle.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using Samples = std::vector<base::Sample>;

// Counted where things happen, and 0 until they do: who watches them sees them from the start.
constexpr std::string_view kAlwaysThere[] = {
    "audit.device_failures", "audit.unavailable", "audit.compared{cache=tokens}", "audit.divergences{cache=tokens}", "confirm.asked", "confirm.changed_mind", "confirm.refusals", "confirm.rounds",
    "core.role_changed_at", "core.role_changes", "core.wrong_declarations", "forward.answered_for_others", "forward.milliseconds",
    "expire.late_milliseconds", "expire.leases_ended", "expire.num_irrevocable_leases", "expire.num_leases", "expire.revocation_failures",
    "forward.under_way", "http.forwarded", "invalidation.unowned", "raft.elections_begun", "raft.elections_won", "raft.leader_changes",
    "raft.term", "raft.transport.calls_answered", "raft.transport.calls_full", "raft.transport.calls_late", "raft.transport.calls_sent",
    "raft.transport.calls_unavailable", "raft.transport.calls_uncertain", "raft.transport.refused_streams"};

// Names of members are chosen by operators: what is no letter, digit, '.', '-' or '_' would not stay inside its label.
std::string as_label(std::string text) {
  for (char& c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return text;
}

void add(Samples& samples, std::string name, uint64_t value) { samples.push_back({std::move(name), static_cast<int64_t>(value), true}); }
void add(Samples& samples, std::string name, std::chrono::milliseconds value) { samples.push_back({std::move(name), value.count(), true}); }

uint64_t behind(uint64_t first, uint64_t second) { return first > second ? first - second : 0; }

void add_standing(Samples& samples, const ClusterStanding& now) {
  add(samples, "raft.leads", uint64_t{now.leads});
  add(samples, "raft.last_index", now.last);
  add(samples, "raft.commit_index", now.commit);
  add(samples, "raft.applied_index", now.applied);
  add(samples, "raft.served_index", now.served);
  add(samples, "raft.lag_entries", behind(now.commit, now.served));
  add(samples, "raft.lag_milliseconds", now.lag.value_or(std::chrono::milliseconds(0)));
  add(samples, "raft.unheard_milliseconds", now.unheard.value_or(std::chrono::milliseconds(0)));
  add(samples, "raft.apply_queue_entries", now.queued);
  add(samples, "raft.apply_queue_milliseconds", now.queue_age);
}

void add_peers(Samples& samples, const std::vector<ClusterMember>& members, const ClusterStanding& now) {
  add(samples, "raft.members", members.size());
  add(samples, "raft.voters", static_cast<uint64_t>(std::count_if(members.begin(), members.end(), [](const auto& m) { return m.votes; })));
  if (!now.leads) return;
  for (const ClusterMember& member : members) {
    if (member.leads) continue;
    const std::string peer = "{peer=" + as_label(member.record.name) + "}";
    add(samples, "raft.peer.reached" + peer, uint64_t{member.reached_lately});
    add(samples, "raft.peer.lag_entries" + peer, behind(now.commit, member.applied));
    add(samples, "raft.peer.lag_milliseconds" + peer, member.lag);
    add(samples, "raft.peer.unheard_milliseconds" + peer, member.unheard);
  }
}

void add_cluster(Samples& samples, const Core::Parts& parts) {
  Cluster* cluster = parts.options.cluster;
  if (cluster == nullptr) {
    const uint64_t applied = parts.backend.applied().value;
    return add_standing(samples, {0, applied, applied, applied, applied, true, {}, {}, 0, {}});
  }
  const auto now = cluster->standing();
  if (!now.ok()) return;
  add_standing(samples, *now);
  if (const auto members = cluster->members(); members.ok()) add_peers(samples, *members, *now);
}

}  // namespace

Samples all_samples(const Core::Parts& parts) {
  for (const std::string_view name : kAlwaysThere) base::counter(name);
  Samples samples = base::metric_samples();
  add(samples, "core.active", uint64_t{parts.life_cycle->active()});
  add(samples, "core.unsealed", uint64_t{parts.life_cycle->serving()});
  add_cluster(samples, parts);
  for (const OwnerActivity& owner : parts.invalidation.activity()) {
    samples.push_back({"invalidation.marks{owner=" + owner.owner + "}", static_cast<int64_t>(owner.marks), false});
  }
  std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return samples;
}

}  // namespace bao::core::sys
