#include "internal/raft/sim/network.h"

#include "internal/raft/sim/checks.h"
#include "internal/raft/sim/host.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

// What must be durable before each kind leaves: ../README.md.
struct Missing {
  const HardState& durable;
  const Index end;
  const Envelope& envelope;

  std::string term() const { return durable.term < envelope.term ? "its term is not durable" : ""; }
  std::string own_term(NodeId vote) const {
    if (durable.term != envelope.term) return durable.term < envelope.term ? "its term is not durable" : "";
    return durable.vote == vote ? "" : "its vote is not durable";
  }
  std::string operator()(const Vote&) const { return own_term(envelope.from); }
  std::string operator()(const VoteReply& m) const { return m.granted ? own_term(envelope.to) : term(); }
  std::string operator()(const Append&) const { return term(); }
  std::string operator()(const Heartbeat&) const { return term(); }
  std::string operator()(const SnapshotOffer&) const { return term(); }
  std::string operator()(const HeartbeatReply&) const { return term(); }
  std::string operator()(const AppendReply& m) const {
    // In an older term it may be cut again, by the same fsync: whoever leads the newer one had a quorum that lacks it.
    if (m.accepted && durable.term <= envelope.term && m.match > end) return "entries it acknowledges are not durable";
    return term();
  }
  std::string operator()(const auto&) const { return ""; }
};

}  // namespace

std::string missing_promise(const HardState& durable, Index end, const Envelope& envelope) {
  return std::visit(Missing{durable, end, envelope}, envelope.message);
}

Network::Network(World& world) : world_(world), random_(mix(world.plan().seed, 0x6e6574)) {}

Time Network::delay() {
  const Plan& plan = world_.plan();
  if (world_.calm()) return 1'000 + random_.below(1'000);
  return plan.delay / 2 + random_.exponential(world_.strikes(Fault::reorder) ? plan.delay_spread : plan.delay / 2);
}

void Network::send(Host& from, const Envelope& envelope) {
  const Time now = world_.now();
  world_.trace().event(now, envelope.from, "send", envelope.message.index() << 48 ^ envelope.term.value,
                       [&] { return describe(envelope); });
  if (auto missing = missing_promise(from.disk().durable_log().hard, durable_end(from.disk()), envelope); !missing.empty())
    world_.judge().violate(17, missing + ": " + describe(envelope));
  if (Host* leader = world_.host(envelope.to))
    if (auto wrong = false_answer(from, *leader, envelope); !wrong.empty()) world_.judge().violate(11, wrong + ": " + describe(envelope));
  if (const auto* vote = std::get_if<VoteReply>(&envelope.message); vote && vote->granted)
    world_.oracle().vote_left(envelope.from, envelope.term, envelope.to);
  if (std::holds_alternative<Vote>(envelope.message)) world_.oracle().vote_left(envelope.from, envelope.term, envelope.from);

  maybe_mute(envelope);
  const Plan& plan = world_.plan();
  Host* to = world_.host(envelope.to);
  if (!to || is_cut(envelope.from, envelope.to)) return;
  if (world_.strikes(Fault::loss) && random_.chance(plan.loss)) return;
  if (world_.strikes(Fault::damage) && random_.chance(plan.damage)) return;  // its checksum fails at the receiver
  if (world_.strikes(Fault::unreachable) && !to->up() && random_.chance(0.5)) {
    from.after(delay(), [&from, id = envelope.to] { from.peer_unreachable(id); });
    return;
  }
  Time wait = delay();
  if (const auto clog = clogged_.find({envelope.from, envelope.to}); clog != clogged_.end() && clog->second > now)
    wait += clog->second - now;
  transmit(envelope, wait);
  if (world_.strikes(Fault::duplicate) && random_.chance(plan.duplicate)) transmit(envelope, wait + delay());
  if (world_.strikes(Fault::replay) && random_.chance(plan.replay))
    transmit(envelope, wait + random_.exponential(20 * plan.election_timeout()));
}

// Whoever is about to win is not heard: its term stands alone, and the leader that it had may go on in the older one.
void Network::maybe_mute(const Envelope& envelope) {
  const bool told = std::holds_alternative<TimeoutNow>(envelope.message);
  if (!told && !std::holds_alternative<Vote>(envelope.message)) return;
  if (!world_.strikes(Fault::mute) || !random_.chance(world_.plan().mute)) return;
  mute(told ? envelope.to : envelope.from, world_.now() + random_.exponential(2 * world_.plan().election_timeout()));
}

void Network::transmit(const Envelope& envelope, Time delay) {
  world_.schedule().after(delay, [this, envelope, sent = world_.now()] {
    if (world_.calm() && sent < calm_since_) return;
    if (!is_cut(envelope.from, envelope.to)) world_.host(envelope.to)->receive(envelope);
  });
}

void Network::clog(NodeId from, NodeId to, Time until) { clogged_[{from, to}] = until; }
void Network::cut(NodeId from, NodeId to) { cut_[{from, to}] = true; }
void Network::isolate(const std::set<NodeId>& nodes) {
  silence(nodes);
  for (const auto& [id, host] : world_.hosts())
    for (const NodeId node : nodes)
      if (!nodes.contains(id)) cut(id, node);
}
void Network::silence(const std::set<NodeId>& nodes) {
  for (const auto& [id, host] : world_.hosts())
    for (const NodeId node : nodes)
      if (!nodes.contains(id)) cut(node, id);
}
void Network::rejoin(NodeId node) {
  std::erase_if(cut_, [node](const auto& path) { return path.first.first == node || path.first.second == node; });
}
void Network::mend_all() {
  cut_.clear();
  muted_.clear();
  clogged_.clear();
}
void Network::begin_calm() {
  mend_all();
  calm_since_ = world_.now();
}
bool Network::is_cut(NodeId from, NodeId to) const {
  const auto muted = muted_.find(from);
  return cut_.contains({from, to}) || (muted != muted_.end() && muted->second > world_.now());
}

}  // namespace bao::raft::sim
