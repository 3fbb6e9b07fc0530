// ReadIndex (thesis 6.4): at the leader by rounds of heartbeats, at a follower by asking the leader.
#include "internal/raft/core/quorum.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

void Node::State::read_index(uint64_t cookie) {
  if (auto* leading = leader()) return accept_read(*leading, {options_.id, cookie});
  auto* follower = std::get_if<Follower>(&role_);
  if (follower == nullptr || follower->leader == kNobody) {
    output_.reads.push_back({cookie, {}, ReadRefusal::no_leader});
  } else if (follower->reads.size() >= options_.limits.reads_waiting_max) {
    output_.reads.push_back({cookie, {}, ReadRefusal::overloaded});
  } else {
    const uint64_t id = next_read_id_++;
    follower->reads[id] = {cookie};
    send_now(follower->leader, term_, ReadRequest{id});
  }
}

void Node::State::accept_read(Leader& leading, ReadAsker asker) {
  if (leading.reads.size() >= options_.limits.reads_waiting_max) {
    return answer_read(asker, {}, ReadRefusal::overloaded);
  }
  leading.reads.add(asker);
}

void Node::State::on_read_request(const Envelope& envelope, const ReadRequest& request) {
  const ReadAsker asker{envelope.from, request.id};
  if (leader() == nullptr) return answer_read(asker, {}, ReadRefusal::no_leader);
  accept_read(*leader(), asker);
}

void Node::State::answer_read(ReadAsker asker, Index index, std::optional<ReadRefusal> refused) {
  if (asker.from == options_.id) {
    output_.reads.push_back({asker.id, index, refused});
  } else {
    send_now(asker.from, term_, ReadReply{asker.id, !refused, index});
  }
}

void Node::State::release_reads(Leader& leading) {
  const Index confirmed = committed_index(configuration(), [&](NodeId id) {
    if (id == options_.id) return Index{leading.reads.round()};
    const auto peer = leading.peers.find(id);
    return Index{peer == leading.peers.end() ? 0 : peer->second.acked_round};
  });
  for (const auto& read : leading.reads.release(confirmed.value)) {
    answer_read(read.asker, read.index, std::nullopt);
  }
}

void Node::State::on_read_reply(const Envelope& envelope, const ReadReply& reply) {
  auto* follower = std::get_if<Follower>(&role_);
  if (follower == nullptr || follower->leader != envelope.from) return;
  const auto read = follower->reads.find(reply.id);
  if (read == follower->reads.end()) return;
  if (reply.granted) {
    output_.reads.push_back({read->second.cookie, reply.index, std::nullopt});
  } else {
    output_.reads.push_back({read->second.cookie, {}, ReadRefusal::overloaded});
  }
  follower->reads.erase(read);
}

}  // namespace bao::raft
