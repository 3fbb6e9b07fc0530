// Changes of the members (thesis 4): in force when appended, one at a time, through a joint phase when voters change.
#include "internal/raft/core/state.h"

#include "internal/base/ensure.h"

namespace bao::raft {

base::Result<Position> Node::State::propose_configuration(const ConfigurationChange& change) {
  const Leader* leading = leader();
  if (leading == nullptr) return base::Error(base::Code::unavailable, "this node does not lead the group");
  if (leading->transfer) return base::Error(base::Code::unavailable, "the leadership is being handed over");
  if (!term_committed()) {
    return base::Error(base::Code::conflict, "nothing of this term is committed yet");
  }
  if (configurations_.current_index() > commit_ && !PLANTED(14)) {  // second change accepted while one is uncommitted
    return base::Error(base::Code::conflict, "a change of the configuration is under way");
  }
  ASSIGN_OR_RETURN(Configuration next, apply_change(configuration(), change, log_.last_index() + 1));
  const Position position = append_own(EntryKind::configuration, encode(next));
  proposals_.add(position);
  configurations_.append(position.index, std::move(next));
  configuration_changed("appended");
  return position;
}

void Node::State::configuration_changed(std::string_view why) {
  trace("configuration", kNobody, std::string(why));
  if (auto* leading = leader()) match_peers_to_members(*leading);
}

void Node::State::match_peers_to_members(Leader& leading) {
  const auto& members = configuration().members;
  std::erase_if(leading.peers, [&](const auto& peer) {
    const auto member = members.find(peer.first);
    return member == members.end() || member->second.session != peer.second.session();
  });
  for (const auto& [id, member] : members) {
    if (id == options_.id || leading.peers.contains(id)) continue;
    leading.peers.emplace(id, Progress(member.session, log_.last_index() + 1, options_.limits));
  }
  if (leading.transfer && !configuration().voters.contains(leading.transfer->target)) leading.transfer.reset();
}

// A joint phase ends as soon as it is committed, whoever leads then. A leader that is no voter any more has led on until
// the others decided without it (thesis 4.2.2).
void Node::State::finish_change() {
  if (configurations_.current_index() > commit_) return;
  if (configuration().joint()) {
    if (leader()->transfer || !term_committed()) return;
    Configuration next = leave_joint(configuration());
    const Position position = append_own(EntryKind::configuration, encode(next));
    configurations_.append(position.index, std::move(next));
    return configuration_changed("joint phase left");
  }
  if (!configuration().voters.contains(options_.id)) hand_over("no voter any more");
}

}  // namespace bao::raft
