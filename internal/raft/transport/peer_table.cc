#include "internal/raft/transport/peer_table.h"

#include <algorithm>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::raft {
namespace {

constexpr bool is_space(char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; }

}  // namespace

bool same_certificate(std::string_view a, std::string_view b) {
  size_t i = 0, j = 0;
  while (true) {
    while (i < a.size() && is_space(a[i])) ++i;
    while (j < b.size() && is_space(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size() && i != 0;
    if (a[i++] != b[j++]) return false;
  }
}

void PeerTable::set(Peers peers) {
  auto fresh = std::make_shared<const Peers>(std::move(peers));
  base::MutexLock lock(mutex_);
  peers_ = std::move(fresh);
}

std::shared_ptr<const Peers> PeerTable::peers() const {
  base::MutexLock lock(mutex_);
  return peers_;
}

std::optional<NodeId> PeerTable::owner_of(std::string_view certificate) const {
  const auto known = peers();
  for (const auto& [id, peer] : *known) {
    for (const std::string& own : peer.certificates)
      if (same_certificate(own, certificate)) return id;
  }
  return std::nullopt;
}

base::Status PeerTable::admit(const Hello& hello, std::string_view certificate) const {
  if (hello.cluster_id != self_.cluster_id) return base::denied("it belongs to another cluster");
  if (hello.protocol_max < self_.protocol_min || hello.protocol_min > self_.protocol_max)
    return base::denied("it speaks protocol versions " + std::to_string(hello.protocol_min) + " to " +
                        std::to_string(hello.protocol_max) + ", this node " + std::to_string(self_.protocol_min) +
                        " to " + std::to_string(self_.protocol_max));
  const auto known = peers();
  const auto peer = known->find(hello.node);
  if (peer == known->end()) return base::denied("it is no member: node " + std::to_string(hello.node.value));
  const auto& own = peer->second.certificates;
  if (std::ranges::none_of(own, [&](const std::string& c) { return same_certificate(c, certificate); }))
    return base::denied("its certificate is not that of node " + std::to_string(hello.node.value));
  if (!peer->second.incarnation.empty() && peer->second.incarnation != hello.incarnation)
    return base::denied("node " + std::to_string(hello.node.value) +
                        " comes with another disk; a wiped node joins as a new member");
  return {};
}

void PeerTable::note_refusal(const std::string& address, const base::Error& error) const {
  static base::Counter& refused = base::counter("raft.transport.refused_streams");
  static base::Counter& malformed = base::counter("raft.transport.malformed");
  (error.code() == base::Code::corrupt ? malformed : refused).add();
  if (const auto left_out = refusals_.due())
    base::log_warn("raft", "a peer's stream was refused",
                   {{"address", address}, {"reason", error.message()}, {"others_lately", std::to_string(*left_out)}});
}

base::Status Admission::check(const PeerTable& table, const std::optional<Hello>& hello, std::string_view certificate) {
  if (hello_ && hello) return base::denied("it says twice who it is");
  if (!hello_ && !hello) return base::denied("it does not say who it is");
  if (hello) hello_ = hello;
  auto peers = table.peers();
  if (peers == admitted_by_) return {};
  TRY(table.admit(*hello_, certificate));
  admitted_by_ = std::move(peers);
  return {};
}

}  // namespace bao::raft
