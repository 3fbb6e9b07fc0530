// What must hold between inputs, as far as one node can see it (the simulator watches the rest).
#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/core/quorum.h"
#include "internal/raft/core/state.h"

namespace bao::raft {
namespace {

void check_log(const LogView& log, Index durable, ChainFunction chain) {
  ENSURE(durable >= log.start().position.index && durable <= log.last_index(), "durable is inside of the log");
  ENSURE(durable + 1 >= log.first_cached(), "what is not durable is in memory");
  TermRun before{log.start().position.index, log.start().position.term};
  for (const TermRun& run : log.runs()) {
    ENSURE(run.first > before.first && run.term >= before.term, "terms never fall along the log");
    before = run;
  }
  size_t bytes = 0;
  Index next = log.first_cached();
  std::optional<Chain> link = log.chain_at(next - 1);
  for (const EntryPtr& entry : log.cached()) {
    ENSURE(entry->index == next && entry->term == log.term_at(next), "the cache is contiguous and fits the runs");
    ENSURE(!link || chain(*link, *entry) == entry->chain, "each entry is chained to the one before");
    link = entry->chain;
    next = next + 1;
    bytes += entry_bytes(*entry);
  }
  ENSURE(next == log.last_index() + 1 && bytes == log.cached_bytes(), "the cache ends where the log ends");
}

void check_peer(const Progress& peer, Index last) {
  ENSURE(peer.match() < peer.next(), "what matched is not sent again");
  ENSURE(peer.match() <= last && peer.next() <= last + 1, "no peer has more than the leader");
  ENSURE(peer.inflight().messages() <= peer.inflight().messages_max(), "the window holds");
  ENSURE(peer.state() == Progress::State::replicate || peer.inflight().messages() == 0, "only replication has a window");
}

}  // namespace

void Node::State::check_after_input() const {
  if (stop_) return;
  const Index start = log_.start().position.index;
  ENSURE(start <= apply_.applied && apply_.applied <= apply_.handed, "the log reaches back to what is applied");
  ENSURE(apply_.handed <= commit_ && commit_ <= log_.last_index(), "only what is committed is applied");
  ENSURE(apply_.handed <= persistence_.durable(), "only what is durable here is applied");
  ENSURE(log_.last().term <= term_, "no entry is newer than the term");
  ENSURE(leader() == nullptr || (led_term_ == term_ && vote_ == options_.id), "a leader voted for itself");
}

void Node::State::check_invariants() const {
  if (stop_) return;
  check_after_input();
  check_log(log_, persistence_.durable(), options_.chain);
  ENSURE(configurations_.current_index() <= log_.last_index(), "configurations are in the log");
  const Leader* leading = leader();
  if (leading == nullptr) return;
  std::set<NodeId> peers;
  for (const auto& [id, peer] : leading->peers) {
    peers.insert(id);
    check_peer(peer, log_.last_index());
    ENSURE(configuration().contains(id) && configuration().members.at(id).session == peer.session(), "peers are members");
  }
  ENSURE(peers.size() + (configuration().contains(options_.id) ? 1 : 0) == configuration().members.size(),
         "every member is a peer");
  ENSURE(leading->reads.size() <= options_.limits.reads_waiting_max, "waiting reads are bounded");
  size_t uncommitted = 0;
  for (const auto& part : leading->uncommitted.parts) uncommitted += part.bytes;
  ENSURE(uncommitted == leading->uncommitted.total, "uncommitted bytes are counted once");
}

}  // namespace bao::raft
