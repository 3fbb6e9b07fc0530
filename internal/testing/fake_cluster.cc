#include "internal/testing/fake_cluster.h"

#include <algorithm>
#include <utility>

namespace bao::testing {

using base::MutexLock;
using core::ClusterMember;

FakeCluster::FakeCluster(std::string name, uint64_t number, State state)
    : self_(record_of(std::move(name), number)), state_(state) {
  if (state == State::unformed) return;
  members_.push_back({self_, state == State::leading, true, 100, state == State::leading});
}

core::MemberRecord FakeCluster::record_of(std::string name, uint64_t number) {
  return {number, std::move(name), "127.0.0.1:" + std::to_string(8201 + number), "http://127.0.0.1:" + std::to_string(18200 + number),
          kFakeCertificate, "", "2.6.2"};
}

void FakeCluster::add(ClusterMember member) {
  const MutexLock lock(mutex_);
  members_.push_back(std::move(member));
}

core::Invitation FakeCluster::joined() const {
  const MutexLock lock(mutex_);
  return joined_;
}

int FakeCluster::hand_overs() const {
  const MutexLock lock(mutex_);
  return hand_overs_;
}

void FakeCluster::next_term() {
  const MutexLock lock(mutex_);
  ++term_;
}

void FakeCluster::await_formed() {
  const MutexLock lock(mutex_);
  changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return state_ != State::unformed; });
}

bool FakeCluster::formed() const {
  const MutexLock lock(mutex_);
  return state_ != State::unformed;
}

base::Result<core::ClusterStanding> FakeCluster::standing() {
  const MutexLock lock(mutex_);
  core::ClusterStanding standing{1, 100, 100, 100, 100, state_ == State::leading, {}, {}, 0, {}};
  if (!standing.leads) standing.unheard = standing.lag = std::chrono::milliseconds(7);
  return standing;
}

base::Status FakeCluster::form() {
  const MutexLock lock(mutex_);
  if (state_ != State::unformed) return base::Error(base::Code::conflict, "formed already");
  state_ = State::leading;
  members_.push_back({self_, true, true, 100, true});
  return {};
}

base::Status FakeCluster::join(const core::Invitation& invitation) {
  const MutexLock lock(mutex_);
  if (state_ != State::unformed) return base::Error(base::Code::conflict, "formed already");
  state_ = State::following;
  joined_ = invitation;
  for (const core::MemberRecord& record : invitation.members) members_.push_back({record, false, false, 0, false});
  changed_.notify_all();
  return {};
}

void FakeCluster::may_be_at(uint64_t member, const std::string& cluster_address) {
  const MutexLock lock(mutex_);
  hints_[member] = cluster_address;
  changed_.notify_all();
}

std::string FakeCluster::await_hint(uint64_t member) {
  const MutexLock lock(mutex_);
  changed_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return hints_.contains(member); });
  return hints_[member];
}

core::ClusterRole FakeCluster::role() const {
  const MutexLock lock(mutex_);
  core::ClusterRole role;
  role.leads = state_ == State::leading;
  role.term = term_;
  for (const ClusterMember& member : members_) {
    if (member.leads) role.leader = member.record;
  }
  return role;
}

base::Status FakeCluster::hand_over() {
  std::function<void()> listener;
  {
    const MutexLock lock(mutex_);
    TRY(require_lead());
    ++hand_overs_;
    state_ = State::following;
    listener = listener_;
  }
  if (listener) listener();
  return {};
}

void FakeCluster::lead() {
  std::function<void()> listener;
  {
    const MutexLock lock(mutex_);
    state_ = State::leading;
    ++term_;
    listener = listener_;
  }
  if (listener) listener();
}

void FakeCluster::on_change(std::function<void()> listener) {
  const MutexLock lock(mutex_);
  listener_ = std::move(listener);
}

void FakeCluster::when_confirming(std::function<base::Status()> outcome) {
  const MutexLock lock(mutex_);
  confirming_ = std::move(outcome);
}

base::Result<base::Index> FakeCluster::confirm() {
  std::function<base::Status()> outcome;
  {
    const MutexLock lock(mutex_);
    outcome = confirming_;
  }
  if (outcome) TRY(outcome());
  const MutexLock lock(mutex_);
  return agreed_up_to_;
}

void FakeCluster::agree_up_to(base::Index index) {
  const MutexLock lock(mutex_);
  agreed_up_to_ = index;
}

base::Result<std::vector<ClusterMember>> FakeCluster::members() {
  const MutexLock lock(mutex_);
  return members_;
}

base::Result<core::Invitation> FakeCluster::invitation() {
  const MutexLock lock(mutex_);
  TRY(require_lead());
  core::Invitation invitation{"fake-cluster", {}};
  for (const ClusterMember& member : members_) invitation.members.push_back(member.record);
  return invitation;
}

base::Status FakeCluster::add_member(const core::MemberRecord& record, bool) {
  const MutexLock lock(mutex_);
  TRY(require_lead());
  const auto known = std::find_if(members_.begin(), members_.end(), [&](const ClusterMember& m) { return m.record.id == record.id; });
  if (known != members_.end()) known->record = record;
  else members_.push_back({record, false, false, 0, true});
  return {};
}

base::Status FakeCluster::remove_member(const std::string& name) {
  const MutexLock lock(mutex_);
  TRY(require_lead());
  const ClusterMember* member = find(name);
  if (member == nullptr) return base::Error(base::Code::absent, "no member " + name);
  members_.erase(members_.begin() + (member - members_.data()));
  return {};
}

base::Status FakeCluster::set_vote(const std::string& name, bool votes) {
  const MutexLock lock(mutex_);
  TRY(require_lead());
  ClusterMember* member = find(name);
  if (member == nullptr) return base::Error(base::Code::absent, "no member " + name);
  member->votes = votes;
  return {};
}

std::vector<core::MemberHealth> FakeCluster::health() {
  const MutexLock lock(mutex_);
  std::vector<core::MemberHealth> all;
  for (const ClusterMember& member : members_) {
    const bool reached = member.leads || member.reached_lately;
    all.push_back({member.record.id, reached, reached ? base::Duration(0) : base::Duration(std::chrono::hours(1)), base::Time{}});
  }
  return all;
}

void FakeCluster::set_autopilot(const core::AutopilotSettings& settings) {
  const MutexLock lock(mutex_);
  autopilot_ = settings;
}

core::AutopilotSettings FakeCluster::autopilot() const {
  const MutexLock lock(mutex_);
  return autopilot_;
}

base::Result<std::string> FakeCluster::ask_leader(const std::string&, std::chrono::milliseconds) {
  return base::Error(base::Code::unavailable, "nobody can be asked");
}

base::Status FakeCluster::require_lead() const {
  if (state_ == State::leading) return {};
  return base::Error(base::Code::unavailable, "this node is not the leader");
}

ClusterMember* FakeCluster::find(const std::string& name) {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const ClusterMember& m) { return m.record.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

}  // namespace bao::testing
