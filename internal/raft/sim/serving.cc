#include "internal/raft/sim/serving.h"

#include "internal/raft/core/planted_bug.h"
#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

void Serving::refuse(const Reply& reply) { reply({false, 0, {}, host_.driver()->view().leader}); }

Reply Serving::counted(Reply reply) {
  ++unanswered_;
  return [this, reply = std::move(reply)](const Answer& answer) {
    --unanswered_;
    reply(answer);
  };
}

void Serving::write(const Command& command, Reply asked) {
  if (host_.driver()->stopping()) return refuse(asked);
  const Reply reply = counted(std::move(asked));
  std::optional<Position> position;
  const std::string payload = encode(command);
  const Host* host = &host_;
  host_.driver()->input([&](Node& node) {
    if (auto proposed = node.propose({&payload, 1}); proposed.ok()) position = *proposed;
    // Its fate may come with the very Output that it was appended in.
    if (!position) return;
    open_.insert(*position);
    waiting_.emplace(*position, Write{*position, command, reply});
  });
  if (!position && host->up()) refuse(reply);
}

void Serving::read(uint64_t key, Reply reply) {
  if (host_.driver()->stopping()) return refuse(reply);
  const uint64_t cookie = next_cookie_++;
  reads_.emplace(cookie, Read{key, counted(std::move(reply)), {}});
  host_.driver()->checks().read_began(cookie);
  host_.driver()->input([&](Node& node) { node.read_index(cookie); });
}

void Serving::read_ready(const ReadReady& read) {
  const auto found = reads_.find(read.cookie);
  if (found == reads_.end()) return host_.world().judge().violate(13, "a read is answered twice");
  if (read.refused) {
    const Reply reply = std::move(found->second.reply);
    reads_.erase(found);
    return refuse(reply);
  }
  confirmed_.emplace(read.index, read.cookie);
  if (read.index <= host_.disk().machine().applied().index) host_.after(0, [this] { applied(); });
}

void Serving::fate(const ProposalFate& fate) {
  Oracle& oracle = host_.world().oracle();
  if (open_.erase(fate.position) == 0)
    return host_.world().judge().violate(13, "a fate for what is not open at node " + std::to_string(host_.id().value) + ": " +
                                                 std::to_string(fate.position.index.value));
  if (fate.kind == ProposalFate::Kind::committed) oracle.fate_committed(host_.id(), fate.position);
  if (fate.kind == ProposalFate::Kind::superseded) oracle.superseded(host_.id(), fate.position);
  const auto found = waiting_.find(fate.position);
  if (found == waiting_.end()) return;
  const Write write = std::move(found->second);
  waiting_.erase(found);
  if (fate.kind == ProposalFate::Kind::superseded) return refuse(write.reply);
  if (fate.kind == ProposalFate::Kind::unknown) return let_go();  // the client will ask again
  committed_.emplace(fate.position.index, write);
  if (fate.position.index <= host_.disk().machine().applied().index) host_.after(0, [this] { applied(); });
}

void Serving::answer_write(const Write& write) {
  const auto* session = host_.disk().machine().session(write.command.client, write.command.sequence);
  if (session) write.reply({true, session->previous, session->index, host_.id()});
  else let_go();  // it went on to another command
}

void Serving::end() {
  for (const auto& [position, write] : std::exchange(waiting_, {})) refuse(write.reply);
  for (const auto& [index, write] : std::exchange(committed_, {})) refuse(write.reply);
  if (PLANTED(28)) return;
  for (const auto& [cookie, read] : std::exchange(reads_, {})) refuse(read.reply);
}

void Serving::applied() {
  const StateMachine& machine = host_.disk().machine();
  const Index now = machine.applied().index;
  while (!committed_.empty() && committed_.begin()->first <= now) {
    const Write write = std::move(committed_.begin()->second);
    committed_.erase(committed_.begin());
    answer_write(write);
  }
  while (!confirmed_.empty() && confirmed_.begin()->first <= now) {
    const auto read = reads_.extract(confirmed_.begin()->second);
    confirmed_.erase(confirmed_.begin());
    read.mapped().reply({true, machine.value(read.mapped().key), now, host_.driver()->view().leader});
  }
}

}  // namespace bao::raft::sim
