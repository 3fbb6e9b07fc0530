#include "internal/cluster/node.h"

#include <pthread.h>

#include <atomic>
#include <thread>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/listener.h"
#include "internal/base/log.h"
#include "internal/cluster/confirmation.h"
#include "internal/cluster/epoch.h"
#include "internal/cluster/leader_calls.h"
#include "internal/cluster/leader_duties.h"
#include "internal/cluster/leadership.h"
#include "internal/cluster/member_changes.h"
#include "internal/cluster/news.h"
#include "internal/cluster/own_key.h"
#include "internal/cluster/peers_file.h"
#include "internal/cluster/port.h"
#include "internal/cluster/roster.h"
#include "internal/cluster/standing.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::cluster {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using core::ClusterMember;
using core::ClusterRole;
using core::Invitation;
using core::MemberRecord;
using raft::NodeId;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLook{50};  // how often the cluster thread looks at the configuration
constexpr std::chrono::microseconds kRefusalInterval{1'000'000 / base::kRefusalRoundsASecondMax};

Error no_group() { return {Code::unavailable, "this node belongs to no cluster yet"}; }

// What is there before the member, because the storage needs it.
struct Ground {
  explicit Ground(const NodeOptions& options)
      : folder(options.folder), name(options.name), port(options.listen_address), peers_file(options.folder) {}
  Status open(const std::string& vfs);
  // In the folder, which is there when its storage is.
  Status take_name() {
    if (!name.empty()) return {};
    ASSIGN_OR_RETURN(name, kept_name(folder + "/node-id"));
    return {};
  }

  const std::string folder;
  std::string name;
  Port port;
  PeersFile peers_file;
  std::unique_ptr<storage::raft::ReplicatedStorage> storage;
};

Status Ground::open(const std::string& vfs) {
  storage::raft::Options options;
  options.vfs = vfs;
  options.carrier = port.carrier();
  options.replace_members = [this](const raft::Configuration& known) -> Result<std::optional<raft::Configuration>> {
    TRY(take_name());
    return peers_file.members(known, name);
  };
  ASSIGN_OR_RETURN(storage, storage::raft::open(folder, std::move(options)));
  TRY(take_name());
  if (!storage->member() && peers_file.given())
    return base::invalid("raft/peers.json: this node belongs to no cluster that it could recover");
  return {};
}

// The rooms of a member (README), and the thread that goes through them. What it does itself is small: which of them hears what.
class Member final : public Node, private raft::Receiver {
 public:
  Member(NodeOptions options, std::unique_ptr<Ground> ground);
  ~Member() override;

  storage::Backend& storage() override { return storage_; }
  const std::string& name() const override { return ground_->name; }

  bool formed() const override { return storage_.member() != nullptr; }
  std::shared_ptr<const std::string> epoch() const override { return epoch_.get(storage_.data_since()); }
  Status form() override;
  Result<MemberRecord> self() override;
  Status join(const Invitation& invitation) override;
  void may_be_at(uint64_t member, const std::string& cluster_address) override;

  Status open(const core::KeySealing& sealing) override;
  void close(milliseconds at_most) override;
  ClusterRole role() const override;
  void on_change(std::function<void()> listener) override { listener_.set(std::move(listener)); }
  Result<core::ClusterStanding> standing() override { return standing_.own(); }
  Result<base::Index> confirm() override { return confirmation_.get(); }
  Result<base::Index> confirm_refusal() override { return refusals_.get(); }
  bool await_applied(base::Index index, milliseconds at_most) override { return storage_.await_applied(index, at_most); }
  Status hand_over() override;
  void declare_active(bool active) override { leadership_.declare_active(active); }
  bool await_successor(milliseconds at_most) override { return calls_.await_successor(at_most); }

  Result<base::Index> replace_data(const Pieces& pieces) override { return storage_.replace_data(pieces); }
  void on_replacing(std::function<void(Replacing)> listener) override;
  void hold_key() override { key_.hold(); }
  Status drop_unfinished_replacement() override { return storage_.drop_unfinished_replacement(); }

  Result<std::vector<ClusterMember>> members() override { return standing_.members(); }
  Result<Invitation> invitation() override;
  Status add_member(const MemberRecord& record, bool non_voter) override { return changes_.add(record, non_voter); }
  Status remove_member(const std::string& name) override { return changes_.change(name, raft::ChangeStep::Kind::remove); }
  Status promote(const std::string& name) override { return changes_.change(name, raft::ChangeStep::Kind::promote); }
  Status demote(const std::string& name) override { return changes_.change(name, raft::ChangeStep::Kind::demote); }
  std::vector<core::MemberHealth> health() override { return duties_.health(); }
  void set_autopilot(const core::AutopilotSettings& settings) override { duties_.set(settings); }

  Result<std::string> ask_leader(const std::string& request, milliseconds at_most) override { return calls_.ask(request, at_most); }
  void on_ask(Answer answer) override { calls_.on_ask(std::move(answer)); }

 private:
  // From the transport.
  void on_envelope(raft::Envelope envelope) override;
  void on_peer_unreachable(NodeId peer) override;
  Status serve_snapshot(NodeId peer, raft::GroupId group, raft::Position last, const std::string& after,
                        const raft::TakePiece& give) override;
  void on_call(NodeId from, std::string request, std::function<void(std::string)> reply) override;

  MemberRecord own_record() const;
  Result<base::Index> read_index();
  void follow_role();
  void run();
  void look();
  void learn(const raft::DriverStatus& status);
  void speak_for_itself();
  void meet();
  void tend_key();
  void drop_unsent();
  void change(raft::ConfigurationChange steps, const char* done);

  const NodeOptions options_;
  const std::unique_ptr<Ground> ground_;
  storage::raft::ReplicatedStorage& storage_ = *ground_->storage;
  const NodeId own_ = storage_.identity().node;
  OwnKey key_{options_.folder + "/node-key", options_.key_life, options_.key_overlap};
  Epoch epoch_;
  Leadership leadership_;
  Roster roster_{own_};
  News news_{roster_, leadership_};
  Standing standing_{storage_};
  MemberChanges changes_{storage_, leadership_};
  LeaderDuties duties_;
  LeaderCalls calls_{own_, leadership_, [this] { return ground_->port.speaking(); }};
  Confirmation confirmation_{[this] { return read_index(); }};
  Confirmation refusals_{[this] { return read_index(); }, Pace(kRefusalInterval, base::kRefusalRoundsAtOnceMax)};
  base::Listener<> listener_;
  std::atomic<bool> follows_{false};
  std::atomic<bool> open_{false};  // it takes part: speaks with the others

  // Of the cluster thread.
  raft::Configuration learned_;
  uint64_t met_ = 0, said_ = 0;  // as roster and key were then
  NodeId led_by_ = raft::kNobody;
  std::thread thread_;
};

// ---- life ----
Member::Member(NodeOptions options, std::unique_ptr<Ground> ground) : options_(std::move(options)), ground_(std::move(ground)) {
  if (formed()) epoch_.set(storage_.identity().cluster_id, "");
  follow_role();
  if (raft::Driver* driver = storage_.member())
    if (const auto now = driver->status(); now.ok()) learn(*now);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "cluster");
}

Member::~Member() {
  leadership_.stop();
  thread_.join();
  calls_.stop();
  if (raft::Driver* driver = storage_.member()) driver->stop();
  ground_->port.end();
}

MemberRecord Member::own_record() const {
  MemberRecord record{own_.value, name(), options_.cluster_address, options_.api_address, "", options_.host_name, options_.version, "", ""};
  key_.tell(record);
  return record;
}

// ---- belonging ----
Status Member::form() {
  TRY(key_.make(name(), base::system_clock().now()));
  TRY(storage_.form(encode({own_record(), false})));
  epoch_.set(storage_.identity().cluster_id, "");
  follow_role();
  leadership_.wake();
  return {};
}

Result<MemberRecord> Member::self() {
  TRY(key_.make(name(), base::system_clock().now()));
  return own_record();
}

Status Member::join(const Invitation& invitation) {
  TRY(storage_.join(invitation.cluster_id));
  epoch_.set(invitation.cluster_id, "");
  roster_.invited(invitation.members);
  open_ = true;  // to receive what the group holds; the key is sealed when the node is unsealed
  leadership_.wake();
  return {};
}

void Member::may_be_at(uint64_t member, const std::string& cluster_address) {
  if (leadership_.leader().id != raft::kNobody) return;
  roster_.hint(NodeId{member}, cluster_address);
  leadership_.wake();
}

Result<Invitation> Member::invitation() {
  ASSIGN_OR_RETURN(const auto all, members());
  Invitation invitation{storage_.identity().cluster_id, {}};
  for (const ClusterMember& member : all) invitation.members.push_back(member.record);
  return invitation;
}

void Member::on_replacing(std::function<void(Replacing)> listener) {
  using OfStorage = storage::raft::ReplicatedStorage::Replacing;
  if (!listener) return storage_.on_replacing(nullptr);
  storage_.on_replacing([listener = std::move(listener)](OfStorage what) {
    listener(what == OfStorage::begins ? Replacing::begins : Replacing::withdrawn);
  });
}

// ---- taking part ----
Status Member::open(const core::KeySealing& sealing) {
  TRY(key_.open(sealing, name(), base::system_clock().now()));
  open_ = true;
  leadership_.wake();
  return {};
}

void Member::close(milliseconds at_most) {
  raft::Driver* driver = storage_.member();
  if (driver && leadership_.leader().here) {
    const auto now = driver->status();
    if (now.ok() && now->configuration.voters.size() > 1 && hand_over().ok()) leadership_.await_follower(at_most);
  }
  open_ = false;
  key_.close();
  leadership_.wake();
}

ClusterRole Member::role() const {
  const Leadership::Leader leader = leadership_.leader();
  ClusterRole role;
  role.leads = leader.here;
  role.term = leader.term.value;
  if (const auto known = roster_.known(leader.id)) role.leader = *known;
  return role;
}

Status Member::hand_over() {
  raft::Driver* driver = storage_.member();
  return driver ? driver->transfer_leadership(std::nullopt) : Status(no_group());
}

Result<base::Index> Member::read_index() {
  raft::Driver* driver = storage_.member();
  if (!driver) return no_group();
  return driver->read_index();
}

// ---- the cluster thread ----
void Member::run() {
  uint64_t seen = 0;
  while (leadership_.await_news(seen, kLook)) {
    seen = leadership_.leader().seen;
    follow_role();
    drop_unsent();
    look();
  }
}

// From the driver's first moment on: in the core's turn it only notes and wakes. The role is known when this returns.
void Member::follow_role() {
  raft::Driver* driver = storage_.member();
  if (!driver || follows_.exchange(true)) return;
  driver->on_role([this](const raft::RoleChange& change) {
    leadership_.heard(change);
    listener_.tell();
  });
  (void)driver->status();  // comes behind it
}

void Member::look() {
  raft::Driver* driver = storage_.member();
  if (!driver) return;
  const auto now = driver->status();
  if (!now.ok()) return;
  standing_.seen(*now);
  learn(*now);
  const bool open = open_;  // then there is a key, of which others are told
  speak_for_itself();
  if (!open) {
    ground_->port.rest();
    return key_.forget();
  }
  meet();
  change(ground_->peers_file.changes(*now), "the members are those of raft/peers.json");
  duties_.tend(*now, roster_, *driver);
  tend_key();
  if (now->view.role == raft::Role::leader) change(news_.changes(*now), "what members said of themselves is replicated: addresses, or keys");
  if (raft::Transport* transport = ground_->port.speaking()) news_.tell(*transport, Clock::now());
}

// Nothing, nearly always.
void Member::change(raft::ConfigurationChange steps, const char* done) {
  if (!steps.empty() && storage_.member()->change(std::move(steps)).ok()) base::log_info("cluster", done);
}

void Member::learn(const raft::DriverStatus& status) {
  if (status.configuration.members.empty()) return;  // a joiner's: what it was invited with counts
  if (status.configuration == learned_) return;      // nearly always
  learned_ = status.configuration;
  epoch_.set(storage_.identity().cluster_id, epoch_of(learned_));
  if (roster_.configured(learned_)) listener_.tell();  // the leader may have got a name
}

void Member::speak_for_itself() {
  const uint64_t changes = key_.changes();
  if (changes == 0 || std::exchange(said_, changes) == changes) return;
  roster_.set_own(own_record());
}

void Member::meet() {
  if (news_.due(Clock::now())) roster_.try_the_other();
  const uint64_t changes = roster_.changes();
  if (ground_->port.open() && changes == met_) return;
  ground_->port.meet(roster_.others(), storage_.identity(), key_, *this);
  met_ = changes;
}

void Member::tend_key() {
  const auto configured = roster_.configured(own_);
  if (!configured) return;
  const bool exchanged = key_.tend(*configured, name(), base::system_clock().now());
  ground_->port.follow(key_, exchanged);
}

// What has not left for the one that led goes to the one that leads.
void Member::drop_unsent() {
  const NodeId before = std::exchange(led_by_, leadership_.leader().id);
  if (before != led_by_ && before != raft::kNobody) ground_->port.drop_unsent(before);
}

// ---- from the transport ----
void Member::on_envelope(raft::Envelope envelope) {
  standing_.heard(envelope);
  if (raft::Driver* driver = storage_.member()) driver->deliver_here(std::move(envelope));
}

void Member::on_peer_unreachable(NodeId peer) {
  if (raft::Driver* driver = storage_.member()) driver->peer_unreachable(peer);
}

Status Member::serve_snapshot(NodeId peer, raft::GroupId, raft::Position last, const std::string& after, const raft::TakePiece& give) {
  raft::Driver* driver = storage_.member();
  if (!driver) return no_group();
  return driver->serve_snapshot(peer, last, after, give);
}

void Member::on_call(NodeId from, std::string request, std::function<void(std::string)> reply) {
  if (is_news(request)) return reply(news_.told(from, request));
  calls_.asked(std::move(request), std::move(reply));
}

}  // namespace

Result<std::unique_ptr<Node>> Node::open(NodeOptions options) {
  auto ground = std::make_unique<Ground>(options);
  TRY(ground->open(options.vfs));
  return std::unique_ptr<Node>(std::make_unique<Member>(std::move(options), std::move(ground)));
}

}  // namespace bao::cluster
