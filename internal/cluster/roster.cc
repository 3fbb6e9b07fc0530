#include "internal/cluster/roster.h"

#include <utility>

#include "internal/base/log.h"

namespace bao::cluster {

using base::MutexLock;
using core::MemberRecord;
using raft::NodeId;

void Roster::set_own(const MemberRecord& record) {
  const MutexLock lock(mutex_);
  own_record_ = record;
  changed();
}

void Roster::invited(const std::vector<MemberRecord>& members) {
  const MutexLock lock(mutex_);
  for (const MemberRecord& record : members) contexts_[NodeId{record.id}] = {record, false};
  changed();
}

bool Roster::configured(const raft::Configuration& configuration) {
  Contexts contexts;
  for (const auto& [id, member] : configuration.members) {
    const auto context = decode_context(id.value, member.context);
    if (context.ok()) contexts.emplace(id, *context);
    else base::log_error("cluster", "a member is not reached", {{"error", context.error().message()}});
  }
  const MutexLock lock(mutex_);
  if (contexts_ == contexts) return false;
  contacts_.configured(contexts_, contexts);
  contexts_ = std::move(contexts);
  changed();
  return true;
}

// What this node says of itself is heard, too, however often the configuration changes.
void Roster::changed() {
  ++changes_;
  if (own_record_.id != 0) contacts_.heard(own_record_);
  const auto own = contexts_.find(own_);
  own_is_configured_ = own != contexts_.end() && own->second.record == own_record_;
  unconfigured_.clear();
  for (const MemberRecord& said : contacts_.news(contexts_)) {
    MemberContext context = contexts_.at(NodeId{said.id});
    context.record = said;
    unconfigured_.push_back(std::move(context));
  }
}

std::optional<MemberRecord> Roster::known(NodeId member) const {
  const MutexLock lock(mutex_);
  const auto found = contexts_.find(member);
  if (found == contexts_.end()) return std::nullopt;
  return contacts_.known(found->second.record);
}

std::optional<MemberRecord> Roster::configured(NodeId member) const {
  const MutexLock lock(mutex_);
  const auto found = contexts_.find(member);
  if (found == contexts_.end()) return std::nullopt;
  return found->second.record;
}

std::set<NodeId> Roster::non_voters() const {
  const MutexLock lock(mutex_);
  std::set<NodeId> stay;
  for (const auto& [id, context] : contexts_)
    if (context.non_voter) stay.insert(id);
  return stay;
}

raft::Peers Roster::others() const {
  const MutexLock lock(mutex_);
  raft::Peers peers;
  for (const auto& [id, context] : contexts_) {
    if (id == own_) continue;
    const MemberRecord& record = context.record;
    raft::Peer& peer = peers[id] = {contacts_.address_of(record), {record.certificate}, ""};
    for (const std::string& other : {record.next_certificate, record.old_certificate})
      if (!other.empty()) peer.certificates.push_back(other);
  }
  return peers;
}

uint64_t Roster::changes() const {
  const MutexLock lock(mutex_);
  return changes_;
}

void Roster::hint(NodeId member, const std::string& address) {
  const MutexLock lock(mutex_);
  const auto found = contexts_.find(member);
  if (found == contexts_.end() || member == own_) return;
  contacts_.hint(found->second.record, address);
  ++changes_;
}

void Roster::try_the_other() {
  const MutexLock lock(mutex_);
  if (!contacts_.hints()) return;
  contacts_.try_the_other();
  ++changes_;
}

bool Roster::heard(const MemberRecord& record) {
  const MutexLock lock(mutex_);
  const auto found = contexts_.find(NodeId{record.id});
  if (found == contexts_.end() || found->second.record.name != record.name) return false;
  contacts_.heard(record);
  changed();
  return true;
}

std::vector<NodeId> Roster::to_tell(bool leaderless) const {
  const MutexLock lock(mutex_);
  std::vector<NodeId> whom;
  if (!contexts_.contains(own_)) return whom;
  const bool all = leaderless || !own_is_configured_;
  if (!all && !contacts_.hints()) return whom;
  for (const auto& [id, context] : contexts_)
    if (id != own_ && (all || contacts_.hinted(id))) whom.push_back(id);
  return whom;
}

std::vector<MemberContext> Roster::all() const {
  const MutexLock lock(mutex_);
  std::vector<MemberContext> members{{own_record_, false}};
  for (const auto& [id, context] : contexts_)
    if (id != own_) members.push_back({contacts_.known(context.record), context.non_voter});
  return members;
}

std::vector<MemberContext> Roster::unconfigured() const {
  const MutexLock lock(mutex_);
  return unconfigured_;
}

std::optional<MemberContext> Roster::offering() const {
  const MutexLock lock(mutex_);
  for (const auto& [id, context] : contexts_)
    if (!context.record.next_certificate.empty()) return context;
  return std::nullopt;
}

}  // namespace bao::cluster
