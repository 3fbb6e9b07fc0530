#include "internal/raft/sim/checks.h"

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/recovery.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

constexpr uint64_t kDeepEvery = 32;

}  // namespace

Index durable_end(const ModelDisk& disk) { return std::max(disk.durable_log().last(), disk.machine_durable()); }

bool holds(const ModelDisk& disk, const Entry& entry) {
  if (entry.index <= disk.machine_durable()) return true;
  const Chain* chain = disk.durable_log().chain_at(entry.index);
  return chain && *chain == entry.chain;
}

Checks::Checks(Host& host, const LogImage& log, const View& view)
    : host_(host), log_(log), before_(view), handed_(view.applied) {
  before_.peers.clear();
  rebuild_configurations();
}

void Checks::violate(int invariant, const std::string& text) {
  host_.world().judge().violate(invariant, "node " + std::to_string(host_.id().value) + ": " + text);
}

void Checks::rebuild_configurations() {
  configurations_ = {{log_.configuration_index, log_.configuration}};
  for (const EntryPtr& entry : log_.entries)
    if (entry->kind == EntryKind::configuration)
      configurations_.emplace_back(entry->index, std::make_shared<Configuration>(decode_configuration(entry->payload).value()));
}

void Checks::restarted(const View& view, const HardState& promised) {
  if (view.term < promised.term) violate(7, "its term went back over a restart");
  if (view.term == promised.term && promised.vote != kNobody && view.vote != promised.vote) violate(7, "its vote changed over a restart");
}

void Checks::delivered(const Envelope& envelope) {
  if (std::holds_alternative<AppendReply>(envelope.message) || std::holds_alternative<HeartbeatReply>(envelope.message))
    unanswered_.erase(envelope.from);
  if (const auto* request = std::get_if<ReadRequest>(&envelope.message))
    reads_.try_emplace({envelope.from, request->id}, host_.world().now());
  if (before_.role != Role::leader || envelope.term != before_.term) return;
  if (const auto* answer = std::get_if<AppendReply>(&envelope.message); answer && answer->accepted) {
    Index& told = told_[{envelope.from, answer->session}];
    told = std::max(told, answer->match);
  }
  const auto* reply = std::get_if<HeartbeatReply>(&envelope.message);
  if (!reply) return;
  if (const auto round = rounds_.find(reply->round); round != rounds_.end())
    confirmed_[envelope.from] = std::max(confirmed_[envelope.from], round->second);
}

void Checks::output(const Output& out, const View& now) {
  ++outputs_;
  if (out.stop) violate(0, "stops: " + *out.stop);
  configuration_before_ = configurations_.back().second;
  if (out.append) append(*out.append, now);
  if (out.role) election(now);
  if (now.commit > before_.commit) commit(now);
  if (!out.apply.empty()) apply(out, now);
  view(now);
  limits(out, now);
  reads(out, now);
  handover(out, now);
  if (now.role == Role::leader) beliefs(now);
  if (outputs_ % kDeepEvery == 0) {
    if (now.role == Role::leader) peers(now);
    host_.driver()->node().check_invariants();
    if (host_.disk().log().start.position.index > host_.disk().machine_durable()) violate(9, "the log is cut above the durable state");
  }
  before_ = now;
}

void Checks::append(const AppendBatch& batch, const View& now) {
  const Index last = log_.last();
  const Chain end = *log_.chain_at(last);
  // What stood in the way of an installation that a full disk has not taken yet was not committed.
  const Chain* committed = reset_is_pending(before_) ? nullptr : log_.chain_at(before_.commit);
  const std::optional<Chain> must = committed ? std::optional(*committed) : std::nullopt;
  if (batch.reset) {
    log_ = LogImage{};
    log_.start = {batch.reset->last, batch.reset->chain};
    log_.configuration = std::make_shared<Configuration>(batch.reset->configuration);
    log_.configuration_index = batch.reset->configuration_index;
    configurations_ = {{log_.configuration_index, log_.configuration}};
  }
  if (batch.truncate_from) {
    log_.truncate_from(*batch.truncate_from);
    while (configurations_.size() > 1 && configurations_.back().first >= *batch.truncate_from) configurations_.pop_back();
  }
  for (const EntryPtr& entry : batch.entries) append_entry(entry, now);
  if (must && log_.start.position.index <= before_.commit) {
    const Chain* kept = log_.chain_at(before_.commit);
    if (!kept || *kept != *must) violate(4, "cuts committed entries up to " + describe(before_.commit));
  }
  if (before_.role == Role::leader && now.role == Role::leader && before_.term == now.term) {
    const Chain* chain = log_.chain_at(last);
    if (!chain || *chain != end) violate(2, "a leader changes its own log at " + describe(last));
  }
}

void Checks::append_entry(const EntryPtr& entry, const View& now) {
  if (entry->index.value != log_.last().value + 1) return violate(3, "leaves a gap before " + describe(entry->index));
  if (entry->chain != cheap_chain(*log_.chain_at(log_.last()), *entry)) violate(3, "a broken chain at " + describe(entry->index));
  log_.append({entry});
  host_.world().oracle().entry_appended(host_.id(), *entry);
  if (entry->kind != EntryKind::configuration) return;
  auto decoded = decode_configuration(entry->payload);
  if (!decoded.ok()) return violate(10, "a configuration that cannot be read at " + describe(entry->index));
  auto next = std::make_shared<Configuration>(std::move(decoded).value());
  const auto& [previous, before] = configurations_.back();
  if (now.role == Role::leader && entry->term == now.term) {
    host_.world().oracle().configuration_appended(host_.id(), entry->index, *next, *before);
    if (previous > now.commit)
      violate(10, "changes the configuration at " + describe(entry->index) + " while that of " + describe(previous) + " is not committed");
  }
  configurations_.emplace_back(entry->index, std::move(next));
  unanswered_.clear();  // a member may have begun anew
}

void Checks::election(const View& now) {
  if (now.role != Role::leader || (before_.role == Role::leader && before_.term == now.term)) return;
  unanswered_.clear();
  rounds_.clear();
  confirmed_.clear();
  told_.clear();
  host_.world().count_election();
  host_.world().oracle().leader_elected(host_.id(), now.term, log_);
}

// After an installation the core has a new log, which a full disk has not taken yet.
bool Checks::reset_is_pending(const View& now) const {
  const Chain* chain = log_.chain_at(now.start.position.index);
  return !chain || *chain != now.start.chain;
}

bool Checks::durable_on_quorum(const EntryPtr& entry, const Configuration& configuration) const {
  std::set<NodeId> present;
  for (const auto& [id, member] : configuration.members) {
    const Host* host = host_.world().host(id);
    if (host && holds(host->disk(), *entry)) present.insert(id);
  }
  return holds_quorum(configuration, present);
}

// The own entry; when the own disk is full and has not been given it, the one that a quorum has.
EntryPtr Checks::entry_to_commit(Index index) const {
  if (log_.find(index)) return log_.entry(index);
  for (const auto& [id, host] : host_.world().hosts()) {
    const LogImage& log = host->disk().durable_log();
    if (log.find(index) && durable_on_quorum(log.entry(index), *configuration_before_)) return log.entry(index);
  }
  return nullptr;
}

void Checks::commit(const View& now) {
  Oracle& oracle = host_.world().oracle();
  if (reset_is_pending(now)) {
    if (now.commit > host_.disk().machine_durable()) violate(6, "commits " + describe(now.commit) + " above its log");
    return;
  }
  if (now.commit > now.last.index) return violate(6, "commits " + describe(now.commit) + " above its log");
  const bool news = now.commit > oracle.last_committed();
  for (Index index{oracle.last_committed().value + 1}; index <= now.commit; ++index.value) {
    if (now.role != Role::leader && before_.role != Role::leader) return violate(6, "is no leader and the first to commit " + describe(index));
    const EntryPtr shared = entry_to_commit(index);
    if (!shared) return violate(6, "commits " + describe(index) + ", which nobody has");
    if (!durable_on_quorum(shared, configuration()) && !durable_on_quorum(shared, *configuration_before_))
      return violate(6, "commits " + describe(index) + ", which is not durable on a quorum of " + describe(*configuration_before_));
    oracle.committed(host_.id(), index, now.role == Role::leader ? now.term : before_.term, shared);
  }
  if (before_.commit < now.commit && now.commit == oracle.last_committed() && news) {
    const Term leads = now.role == Role::leader ? now.term : before_.term;
    if (const Entry* entry = log_.find(now.commit); entry && entry->term != leads)
      violate(6, "commits " + describe(now.commit) + " of an earlier term by counting");
  }
  oracle.matches_committed(host_.id(), now.commit, log_);
}

void Checks::apply(const Output& out, const View& now) {
  if (out.apply.front()->index.value <= handed_.value && handed_.value != 0)
    violate(5, "hands " + describe(out.apply.front()->index) + " to its state machine again");
  handed_ = out.apply.back()->index;
  if (handed_ > now.commit) violate(8, "applies " + describe(handed_) + ", which is not committed");
  if (handed_ > durable_end(host_.disk())) violate(8, "applies " + describe(handed_) + ", which is not durable here");
}

void Checks::view(const View& now) {
  if (now.term < before_.term) violate(7, "its term goes back");
  if (now.term == before_.term && before_.vote != kNobody && now.vote != before_.vote) violate(7, "its vote changes within a term");
  if (now.commit < before_.commit) violate(4, "its commit index goes back");
  if (now.applied > now.commit || now.applied > now.durable || now.durable > now.last.index)
    violate(8, "applied " + describe(now.applied) + ", durable " + describe(now.durable) + ", last " + describe(now.last.index));
  if (now.durable > durable_end(host_.disk())) violate(8, "takes " + describe(now.durable) + " for durable, the disk has " + describe(durable_end(host_.disk())));
}

void Checks::peers(const View& now) {
  for (const PeerView& peer : now.peers) {
    const Host* host = host_.world().host(peer.id);
    if (!host || host->lost()) continue;
    const LogImage& durable = host->disk().durable_log();
    if (durable.hard.term > now.term) continue;  // it may follow somebody else by now
    if (peer.match > durable_end(host->disk())) violate(11, "believes " + describe(peer.match) + " at node " + std::to_string(peer.id.value));
    const Chain* here = log_.chain_at(peer.match);
    const Chain* there = durable.chain_at(peer.match);
    if (here && there && peer.match > host->disk().machine_durable() && *here != *there)
      violate(11, "believes its own entry " + describe(peer.match) + " at node " + std::to_string(peer.id.value));
  }
}

// A leader believes of a peer what that peer acknowledged to this very reign, in its present session, and no more.
void Checks::beliefs(const View& now) {
  for (const PeerView& peer : now.peers) {
    if (peer.match.value == 0) continue;
    const auto told = told_.find({peer.id, peer.session});
    if (told == told_.end() || told->second < peer.match)
      violate(11, "believes " + describe(peer.match) + " of node " + std::to_string(peer.id.value) + ", which never said so in its session " +
                      std::to_string(peer.session.value));
  }
}

void Checks::read_began(uint64_t cookie) { reads_[{kNobody, cookie}] = host_.world().now(); }

// A leader answers reads only after a quorum answered a round that began after them.
void Checks::reads(const Output& out, const View& now) {
  for (const Envelope& envelope : out.send_now)
    if (const auto* heartbeat = std::get_if<Heartbeat>(&envelope.message)) rounds_.try_emplace(heartbeat->round, host_.world().now());
  for (const ReadReady& read : out.reads) {
    const auto began = reads_.find({kNobody, read.cookie});
    if (began == reads_.end()) continue;
    if (!read.refused && now.role == Role::leader) confirmed_since(began->second, "a read");
    reads_.erase(began);
  }
  for (const Envelope& envelope : out.send_now) {
    const auto* reply = std::get_if<ReadReply>(&envelope.message);
    if (!reply || !reply->granted) continue;
    if (const auto began = reads_.find({envelope.to, reply->id}); began != reads_.end()) confirmed_since(began->second, "another node's read");
  }
}

void Checks::confirmed_since(Time began, const std::string& what) {
  std::set<NodeId> present{host_.id()};
  for (const auto& [id, round_began] : confirmed_)
    if (round_began >= began) present.insert(id);
  if (!holds_quorum(configuration(), present) && !holds_quorum(*configuration_before_, present))
{
    std::string heard;
    for (const auto& [id, round_began] : confirmed_) heard += ", " + describe(id) + " " + std::to_string(round_began);
    violate(15, "answers " + what + " that no quorum confirmed after it began at " + std::to_string(began) + heard + " of " + describe(configuration()));
  }
}

// A leader hands over only to somebody who has the whole log: another one could only disturb.
void Checks::handover(const Output& out, const View& now) {
  for (const Envelope& envelope : out.send_now) {
    if (!std::holds_alternative<TimeoutNow>(envelope.message)) continue;
    const Host* target = host_.world().host(envelope.to);
    if (target && !target->lost() && durable_end(target->disk()) < now.last.index)
      violate(20, "hands over to " + describe(envelope.to) + ", which does not have " + describe(now.last.index));
  }
}

std::string false_answer(const Host& follower, Host& leader, const Envelope& envelope) {
  const auto* reply = std::get_if<AppendReply>(&envelope.message);
  if (!reply || !reply->accepted || !leader.up()) return "";
  const View& view = leader.driver()->view();
  if (view.role != Role::leader || view.term != envelope.term) return "";
  // One fsync may write what an older leader sent and cut it for the newer one, who had a quorum without it.
  if (follower.disk().durable_log().hard.term > envelope.term) return "";
  if (reply->match > view.last.index) return "acknowledges more than the leader has";
  const Chain* here = follower.disk().durable_log().chain_at(reply->match);
  const Chain* there = leader.log().chain_at(reply->match);
  return here && there && *here != *there && reply->match > follower.disk().machine_durable() ? "acknowledges another entry than the leader's" : "";
}

void Checks::limits(const Output& out, const View& now) {
  const Limits& limits = host_.world().plan().limits;
  const auto bytes = [](const Entries& entries) {
    size_t sum = 0;
    for (const EntryPtr& entry : entries) sum += entry_bytes(*entry);
    return sum;
  };
  if (out.apply.size() > 2 && bytes(out.apply) > 2 * limits.apply_bytes_max) violate(12, "too much to apply at once");
  if (now.role == Role::leader && now.uncommitted_bytes > limits.uncommitted_bytes_max + 4'096) violate(12, "too many uncommitted bytes");
  for (const Envelope& envelope : out.send_now) {
    const auto* append = std::get_if<Append>(&envelope.message);
    if (!append || append->entries.empty()) continue;
    if (append->entries.size() > 1 && bytes(append->entries) > limits.append_bytes_max) violate(12, "too large an append");
    if (++unanswered_[envelope.to] > limits.window_messages_max) violate(12, "more appends than the window to node " + std::to_string(envelope.to.value));
  }
}

}  // namespace bao::raft::sim
