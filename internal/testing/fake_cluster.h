// A cluster for tests of what stands above it: members as a list, no network and no Raft. Leads unless told otherwise.
// Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/core/ha/autopilot.h"
#include "internal/core/ha/cluster.h"

namespace bao::testing {

inline constexpr char kFakeCertificate[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

class FakeCluster : public core::Cluster {
 public:
  enum class State : uint8_t { unformed, leading, following };
  // The node itself is `name` at 127.0.0.1:<8201 + number>, with that number as its id.
  explicit FakeCluster(std::string name, uint64_t number, State state = State::leading);

  // Somebody else among the members.
  void add(core::ClusterMember member) EXCLUDES(mutex_);
  static core::MemberRecord record_of(std::string name, uint64_t number);
  // What the node was invited to; empty before.
  core::Invitation joined() const EXCLUDES(mutex_);
  int hand_overs() const EXCLUDES(mutex_);
  // It was deposed and leads again, and has heard of neither.
  void next_term() EXCLUDES(mutex_);
  // After hand_over(): it leads again, in a later term.
  void lead() EXCLUDES(mutex_);
  // Blocks until somebody said where that member is: the address.
  std::string await_hint(uint64_t member) EXCLUDES(mutex_);
  // What asking the leader comes to, in place of success; runs on the thread that asks. nullptr to unset.
  void when_confirming(std::function<base::Status()> outcome) EXCLUDES(mutex_);
  // What confirming tells.
  void agree_up_to(base::Index index) EXCLUDES(mutex_);
  // Blocks until the node belongs to a cluster.
  void await_formed() EXCLUDES(mutex_);

  bool formed() const override EXCLUDES(mutex_);
  std::shared_ptr<const std::string> epoch() const override { return epoch_; }
  base::Status form() override EXCLUDES(mutex_);
  base::Result<core::MemberRecord> self() override { return self_; }
  base::Status join(const core::Invitation& invitation) override EXCLUDES(mutex_);
  void may_be_at(uint64_t member, const std::string& cluster_address) override EXCLUDES(mutex_);
  base::Status open(const core::KeySealing&) override { return {}; }
  void close(std::chrono::milliseconds) override {}
  core::ClusterRole role() const override EXCLUDES(mutex_);
  void on_change(std::function<void()> listener) override EXCLUDES(mutex_);
  // As of a node that is level with everybody.
  base::Result<core::ClusterStanding> standing() override EXCLUDES(mutex_);
  base::Result<base::Index> confirm() override EXCLUDES(mutex_);
  base::Result<base::Index> confirm_refusal() override { return confirm(); }
  // Up to 10 whatever waits, beyond that whoever is ready to wait at all.
  bool await_applied(base::Index index, std::chrono::milliseconds at_most) override { return index <= base::Index{10} || at_most.count() > 0; }
  base::Status hand_over() override EXCLUDES(mutex_);  // the node follows from then on
  void declare_active(bool active) override { declared_active_ = active; }
  bool await_successor(std::chrono::milliseconds) override { return true; }
  base::Result<base::Index> replace_data(const Pieces&) override { return base::internal("this cluster has no data"); }
  void on_replacing(std::function<void(Replacing)>) override {}
  void hold_key() override {}
  base::Status drop_unfinished_replacement() override { return {}; }
  base::Result<std::vector<core::ClusterMember>> members() override EXCLUDES(mutex_);
  base::Result<core::Invitation> invitation() override EXCLUDES(mutex_);
  base::Status add_member(const core::MemberRecord& record, bool non_voter) override EXCLUDES(mutex_);
  base::Status remove_member(const std::string& name) override EXCLUDES(mutex_);
  base::Status promote(const std::string& name) override { return set_vote(name, true); }
  base::Status demote(const std::string& name) override { return set_vote(name, false); }
  // Who leads or was reached lately is healthy, the others have not been heard of for an hour.
  std::vector<core::MemberHealth> health() override EXCLUDES(mutex_);
  void set_autopilot(const core::AutopilotSettings& settings) override EXCLUDES(mutex_);
  core::AutopilotSettings autopilot() const EXCLUDES(mutex_);
  base::Result<std::string> ask_leader(const std::string&, std::chrono::milliseconds) override;
  void on_ask(Answer) override {}

 private:
  base::Status require_lead() const REQUIRES(mutex_);
  base::Status set_vote(const std::string& name, bool votes) EXCLUDES(mutex_);
  core::ClusterMember* find(const std::string& name) REQUIRES(mutex_);

  const core::MemberRecord self_;
  const std::shared_ptr<const std::string> epoch_ = std::make_shared<const std::string>("fake");
  mutable base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  State state_ GUARDED_BY(mutex_);
  uint64_t term_ GUARDED_BY(mutex_) = 3;
  std::vector<core::ClusterMember> members_ GUARDED_BY(mutex_);
  std::map<uint64_t, std::string> hints_ GUARDED_BY(mutex_);
  core::AutopilotSettings autopilot_ GUARDED_BY(mutex_);
  core::Invitation joined_ GUARDED_BY(mutex_);
  std::function<base::Status()> confirming_ GUARDED_BY(mutex_);
  base::Index agreed_up_to_ GUARDED_BY(mutex_);
  std::function<void()> listener_ GUARDED_BY(mutex_);
  std::atomic<bool> declared_active_{false};
  int hand_overs_ GUARDED_BY(mutex_) = 0;
};

}  // namespace bao::testing
