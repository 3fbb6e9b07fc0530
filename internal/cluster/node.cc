#include "internal/cluster/node.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "internal/base/listener.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/cluster/autopilot.h"
#include "internal/cluster/call_pool.h"
#include "internal/cluster/commit_history.h"
#include "internal/cluster/confirmation.h"
#include "internal/cluster/contacts.h"
#include "internal/cluster/epoch.h"
#include "internal/cluster/member_record.h"
#include "internal/cluster/node_key.h"
#include "internal/cluster/own_key.h"
#include "internal/cluster/peers_file.h"
#include "internal/cluster/promotion.h"
#include "internal/core/ha/autopilot.h"
#include "internal/crypto/hash.h"
#include "internal/raft/transport/transport.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::cluster {
namespace {

using base::Code;
using base::Error;
using base::MutexLock;
using base::Result;
using base::Status;
using core::ClusterMember;
using core::ClusterRole;
using core::Invitation;
using core::MemberRecord;
using raft::NodeId;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLook{50};                // how often the cluster thread looks at the configuration
constexpr milliseconds kChangeTries{5'000};      // for a change of the members to find no other under way
constexpr milliseconds kBetweenTries{20};
constexpr milliseconds kLeaderWait{10'000};      // of a request, for somebody to lead and be active
constexpr milliseconds kLookForSuccessor{250};   // while a leader that was asked does not answer
constexpr milliseconds kDeposedMax{1'000};       // may a leader be, and still answer what it was asked
constexpr milliseconds kAwaitsActive{1'000};     // a call for kWhenActive, at the longest
// Refusals that are confirmed: rounds a second at the longest, and as many at once after a quiet time.
constexpr std::chrono::microseconds kRefusalInterval{10'000};
constexpr int kRefusalsAtOnce = 50;
constexpr char kRequest = 'r', kWhenActive = 'a';  // before what is asked: for on_ask; to be told when this node is active
constexpr char kDone = '1', kNotNow = '0';         // before what a call is answered with
constexpr milliseconds kBetweenNews{1'000};      // while the others may not know where this node is, or nobody leads

Error no_group() { return {Code::unavailable, "this node belongs to no cluster yet"}; }

// Everybody has the newest configuration in its log.
bool all_hold_configuration(const raft::DriverStatus& status) {
  const raft::Index index = status.view.configuration_index;
  return status.view.commit >= index && std::ranges::all_of(status.view.peers, [&](const raft::PeerView& peer) { return peer.match >= index; });
}

class Member final : public Node, private raft::Receiver {
 public:
  explicit Member(NodeOptions options) : options_(std::move(options)), peers_file_(options_.folder) {}
  ~Member() override;
  Status start();

  storage::Backend& storage() override { return *storage_; }
  const std::string& name() const override { return name_; }

  bool formed() const override { return storage_->member() != nullptr; }
  std::shared_ptr<const std::string> epoch() const override { return epoch_.get(storage_->data_since()); }
  Result<base::Index> replace_data(const Pieces& pieces) override { return storage_->replace_data(pieces); }
  void on_replacing(std::function<void(Replacing)> listener) override;
  void hold_key() override { key_.hold(); }
  Status drop_unfinished_replacement() override { return storage_->drop_unfinished_replacement(); }
  Status form() override;
  Result<MemberRecord> self() override;
  Status join(const Invitation& invitation) override;
  void may_be_at(uint64_t member, const std::string& cluster_address) override;

  Status open(const core::KeySealing& sealing) override;
  void close(milliseconds at_most) override;
  ClusterRole role() const override;
  void on_change(std::function<void()> listener) override { listener_.set(std::move(listener)); }
  Result<core::ClusterStanding> standing() override;
  Result<base::Index> confirm() override { return confirmation_.get(); }
  bool await_applied(base::Index index, milliseconds at_most) override { return storage_->await_applied(index, at_most); }
  Result<base::Index> confirm_refusal() override { return refusals_.get(); }
  Status hand_over() override;
  void declare_active(bool active) override;
  bool await_successor(milliseconds at_most) override;

  Result<std::vector<ClusterMember>> members() override;
  Result<Invitation> invitation() override;
  Status add_member(const MemberRecord& record, bool non_voter) override;
  Status remove_member(const std::string& name) override { return change_named(name, raft::ChangeStep::Kind::remove); }
  Status promote(const std::string& name) override { return change_named(name, raft::ChangeStep::Kind::promote); }
  Status demote(const std::string& name) override { return change_named(name, raft::ChangeStep::Kind::demote); }
  std::vector<core::MemberHealth> health() override;
  void set_autopilot(const core::AutopilotSettings& settings) override;

  Result<std::string> ask_leader(const std::string& request, milliseconds at_most) override;
  void on_ask(Answer answer) override;

 private:
  // From the transport.
  void on_envelope(raft::Envelope envelope) override;
  void on_peer_unreachable(NodeId peer) override;
  Status serve_snapshot(NodeId peer, raft::GroupId group, raft::Position last, const std::string& after,
                        const raft::TakePiece& give) override;
  void on_call(NodeId from, std::string request, std::function<void(std::string)> reply) override;

  raft::Carrier carrier();
  Result<std::optional<raft::Configuration>> members_after_loss(const raft::Configuration& known);
  void finish_recovery(const raft::DriverStatus& status);
  void tend_key();
  MemberRecord own_record() const;
  void follow_role();
  void count(const raft::RoleChange& change);
  void learn_commit(const raft::Envelope& envelope);
  void run();
  void look();
  void learn(const raft::DriverStatus& status);
  void tend_members(const raft::DriverStatus& status);
  void promote_learners(const raft::DriverStatus& status, base::Duration stabilization);
  raft::Peers others() const REQUIRES(mutex_);
  void meet(raft::Peers peers);
  void fall_silent();
  void tell_others();
  void take_news(NodeId from, std::string_view text);
  std::string all_news() const REQUIRES(mutex_);
  void replicate_news(const raft::DriverStatus& status);
  Status open_port() EXCLUDES(mutex_);
  Status change(const std::function<Result<raft::ConfigurationChange>()>& make);
  Status change_named(const std::string& name, raft::ChangeStep::Kind kind);
  Result<raft::DriverStatus> status() const;
  void wake();
  struct Leader {
    NodeId id;
    raft::Term term;
    uint64_t seen;  // news_ of then
  };
  Leader leader() const EXCLUDES(mutex_);
  bool await_news(uint64_t seen, Clock::time_point until) EXCLUDES(mutex_);
  Result<std::string> ask(raft::Transport& transport, const Leader& leader, std::string message, Clock::time_point until);
  bool succeeded(const Leader& leader) const EXCLUDES(mutex_);
  bool await_active_here() EXCLUDES(mutex_);
  void drop_unsent();

  const NodeOptions options_;
  std::string name_;
  std::unique_ptr<storage::raft::ReplicatedStorage> storage_;
  // Made once, when there is somebody to speak with; ended after the driver has stopped.
  std::unique_ptr<raft::Transport> transport_;
  std::atomic<raft::Transport*> speaking_{nullptr};
  OwnKey key_{options_.folder + "/node-key", options_.key_life, options_.key_overlap};
  CommitHistory commits_;
  Epoch epoch_;
  CallPool pool_;
  Result<base::Index> read_index() {
    raft::Driver* driver = storage_->member();
    if (!driver) return no_group();
    return driver->read_index();
  }
  Confirmation confirmation_{[this] { return read_index(); }};
  Confirmation refusals_{[this] { return read_index(); }, Pace(kRefusalInterval, kRefusalsAtOnce)};

  mutable base::Mutex mutex_{base::Rank::cluster};
  base::Condition changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  uint64_t news_ GUARDED_BY(mutex_) = 0;
  raft::RoleChange role_ GUARDED_BY(mutex_){};
  Clock::time_point led_since_ GUARDED_BY(mutex_);  // when role_.leader became known
  bool active_ GUARDED_BY(mutex_) = false;          // as it was declared
  Contexts contexts_ GUARDED_BY(mutex_);   // of the configuration; of the invitation before there is one
  base::Listener<> listener_;
  Contacts contacts_ GUARDED_BY(mutex_);
  core::AutopilotSettings settings_ GUARDED_BY(mutex_) = core::effective({});
  std::vector<Autopilot::Health> health_ GUARDED_BY(mutex_);
  std::shared_ptr<const Answer> answer_ GUARDED_BY(mutex_);

  NodeId counted_leader_ = raft::kNobody;  // of whoever has the core's turn
  // Of the cluster thread.
  Promotion promotion_;
  Autopilot autopilot_;
  std::atomic<bool> follows_{false};
  std::string port_error_;
  raft::Configuration learned_;
  NodeId led_by_ = raft::kNobody;
  raft::Peers introduced_;
  std::string speaks_with_;  // the transport's certificate
  PeersFile peers_file_;
  Clock::time_point tell_again_{};
  std::thread thread_;
};

// ---- life ----
Status Member::start() {
  storage::raft::Options options;
  options.vfs = options_.vfs;
  options.carrier = carrier();
  options.replace_members = [this](const raft::Configuration& known) { return members_after_loss(known); };
  ASSIGN_OR_RETURN(storage_, storage::raft::open(options_.folder, std::move(options)));
  name_ = options_.name;
  if (name_.empty()) {
    ASSIGN_OR_RETURN(name_, kept_name(options_.folder + "/node-id"));
  }
  if (!formed() && peers_file_.given()) return base::invalid("raft/peers.json: this node belongs to no cluster that it could recover");
  follow_role();
  if (formed()) epoch_.set(storage_->identity().cluster_id, "");
  if (const auto now = status(); now.ok()) learn(*now);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "cluster");
  return {};
}

Member::~Member() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  pool_.stop();
  if (storage_ && storage_->member()) storage_->member()->stop();
  transport_.reset();
}

raft::Carrier Member::carrier() {
  raft::Carrier carrier;
  carrier.send = [this](const raft::Envelope& envelope) {
    raft::Transport* transport = speaking_.load(std::memory_order_acquire);
    return transport && transport->send(envelope);
  };
  carrier.fetch_snapshot = [this](NodeId from, raft::GroupId group, raft::Position last, const std::string& after,
                                  const raft::TakePiece& take) -> Status {
    raft::Transport* transport = speaking_.load(std::memory_order_acquire);
    if (!transport) return Error(Code::unavailable, "the cluster port is closed");
    return transport->fetch_snapshot(from, {group, last, after}, take);
  };
  return carrier;
}

MemberRecord Member::own_record() const {
  MemberRecord record{storage_->identity().node.value, name_, options_.cluster_address, options_.api_address, "",
                      options_.host_name, options_.version, "", ""};
  key_.tell(record);
  return record;
}

// ---- belonging ----
Status Member::form() {
  TRY(key_.make(name_, base::system_clock().now()));
  TRY(storage_->form(encode({own_record(), false})));
  epoch_.set(storage_->identity().cluster_id, "");
  follow_role();
  wake();
  return {};
}

Result<MemberRecord> Member::self() {
  TRY(key_.make(name_, base::system_clock().now()));
  return own_record();
}

Status Member::join(const Invitation& invitation) {
  TRY(storage_->join(invitation.cluster_id));
  epoch_.set(invitation.cluster_id, "");
  {
    const MutexLock lock(mutex_);
    for (const MemberRecord& record : invitation.members) contexts_[NodeId{record.id}] = {record, false};
    open_ = true;  // to receive what the group holds; the key is sealed when the node is unsealed
  }
  wake();
  return {};
}

void Member::on_replacing(std::function<void(Replacing)> listener) {
  using OfStorage = storage::raft::ReplicatedStorage::Replacing;
  if (!listener) return storage_->on_replacing(nullptr);
  storage_->on_replacing([listener = std::move(listener)](OfStorage what) {
    listener(what == OfStorage::begins ? Replacing::begins : Replacing::withdrawn);
  });
}

void Member::may_be_at(uint64_t member, const std::string& cluster_address) {
  const MutexLock lock(mutex_);
  const NodeId id{member};
  if (role_.leader != raft::kNobody || !contexts_.contains(id) || id == storage_->identity().node) return;
  contacts_.hint(contexts_.at(id).record, cluster_address);
  ++news_;
  changed_.notify_all();
}

// ---- taking part ----
Status Member::open(const core::KeySealing& sealing) {
  TRY(key_.open(sealing, name_, base::system_clock().now()));
  {
    const MutexLock lock(mutex_);
    open_ = true;
  }
  wake();
  return {};
}

void Member::close(milliseconds at_most) {
  raft::Driver* driver = storage_->member();
  if (driver && role().leads) {
    const auto now = status();
    if (now.ok() && now->configuration.voters.size() > 1 && hand_over().ok()) {
      const auto until = Clock::now() + at_most;
      MutexLock lock(mutex_);
      changed_.wait_for(mutex_, until - Clock::now(), [this]() BAO_TS(no_thread_safety_analysis) { return role_.role != raft::Role::leader; });
    }
  }
  {
    const MutexLock lock(mutex_);
    open_ = false;
  }
  key_.close();
  wake();
}

ClusterRole Member::role() const {
  const MutexLock lock(mutex_);
  ClusterRole role;
  role.leads = role_.role == raft::Role::leader;
  role.term = role_.term.value;
  if (const auto known = contexts_.find(role_.leader); known != contexts_.end()) role.leader = contacts_.known(known->second.record);
  return role;
}

Status Member::hand_over() {
  raft::Driver* driver = storage_->member();
  return driver ? driver->transfer_leadership(std::nullopt) : Status(no_group());
}

void Member::declare_active(bool active) {
  const MutexLock lock(mutex_);
  active_ = active;
  changed_.notify_all();
}

void Member::wake() {
  const MutexLock lock(mutex_);
  ++news_;
  changed_.notify_all();
}

// ---- the cluster thread ----
void Member::run() {
  uint64_t seen = 0;
  while (true) {
    {
      MutexLock lock(mutex_);
      changed_.wait_for(mutex_, kLook, [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || news_ != seen; });
      if (stopping_) return;
      seen = news_;
    }
    follow_role();
    drop_unsent();
    look();
  }
}

// From the driver's first moment on: in the core's turn it only notes and wakes. The role is known when this returns.
void Member::follow_role() {
  raft::Driver* driver = storage_->member();
  if (!driver || follows_.exchange(true)) return;
  driver->on_role([this](const raft::RoleChange& change) {
    count(change);
    {
      const MutexLock lock(mutex_);
      if (change.leader != role_.leader || change.term != role_.term) led_since_ = Clock::now();
      role_ = change;
      ++news_;
      changed_.notify_all();
    }
    listener_.tell();
  });
  (void)driver->status();  // comes behind it
}

// In the core's turn.
void Member::count(const raft::RoleChange& change) {
  static base::Counter& elections = base::counter("raft.elections_begun");
  static base::Counter& won = base::counter("raft.elections_won");
  static base::Counter& leaders = base::counter("raft.leader_changes");
  if (change.role == raft::Role::candidate) elections.add();
  if (change.role == raft::Role::leader) won.add();
  if (change.leader != raft::kNobody && std::exchange(counted_leader_, change.leader) != change.leader) leaders.add();
}

void Member::look() {
  if (!storage_->member()) return;
  const auto now = status();
  if (!now.ok()) return;
  if (now->view.role == raft::Role::leader) commits_.learn(now->view.term.value, now->view.commit.value, Clock::now());
  learn(*now);
  raft::Peers peers;
  bool speaks = false;
  {
    const MutexLock lock(mutex_);
    speaks = open_;
    if (Clock::now() >= tell_again_) contacts_.try_the_other();
    if (speaks) peers = others();
  }
  if (!speaks) return fall_silent();
  meet(std::move(peers));
  finish_recovery(*now);
  tend_members(*now);
  tend_key();
  if (now->view.role == raft::Role::leader) replicate_news(*now);
  tell_others();
}

void Member::learn(const raft::DriverStatus& status) {
  if (status.configuration.members.empty()) return;  // a joiner's: what it was invited with counts
  if (status.configuration == learned_) return;      // nearly always
  learned_ = status.configuration;
  epoch_.set(storage_->identity().cluster_id, epoch_of(learned_));
  Contexts contexts;
  for (const auto& [id, member] : status.configuration.members) {
    const auto context = decode_context(id.value, member.context);
    if (context.ok()) contexts.emplace(id, *context);
    else base::log_error("cluster", "a member is not reached", {{"error", context.error().message()}});
  }
  bool news = false;
  {
    const MutexLock lock(mutex_);
    news = contexts_ != contexts;
    if (news) contacts_.configured(contexts_, contexts);
    contexts_ = std::move(contexts);
  }
  if (news) listener_.tell();  // the leader may have got a name
}

raft::Peers Member::others() const {
  const NodeId own = storage_->identity().node;
  raft::Peers peers;
  for (const auto& [id, context] : contexts_) {
    if (id == own) continue;
    const MemberRecord& record = context.record;
    raft::Peer& peer = peers[id] = {contacts_.address_of(record), {record.certificate}, ""};
    for (const std::string& other : {record.next_certificate, record.old_certificate})
      if (!other.empty()) peer.certificates.push_back(other);
  }
  return peers;
}

// While it is sealed: nobody is spoken with, and nothing keeps the key.
void Member::fall_silent() {
  if (transport_ && !speaks_with_.empty()) transport_->rest();
  speaks_with_.clear();
  introduced_.clear();
  key_.forget();
}

// Whom the transport knows.
void Member::meet(raft::Peers peers) {
  if (!transport_ && peers.empty()) return;
  if (speaks_with_.empty()) {
    if (const Status opened = open_port(); !opened.ok()) {
      if (std::exchange(port_error_, opened.error().message()) != opened.error().message())
        base::log_error("cluster", "the cluster port cannot be opened; trying again", {{"error", opened.error().message()}});
      return;
    }
  }
  if (peers == introduced_) return;
  introduced_ = peers;
  transport_->set_peers(std::move(peers));
}

Status Member::open_port() {
  auto key = key_.current();
  if (!key) return Error(Code::unavailable, "this node has no key yet");
  const raft::TransportCredentials credentials{key->certificate, std::move(key->private_key)};
  const raft::LogIdentity identity = storage_->identity();
  if (transport_) {
    TRY(transport_->resume(credentials));
  } else {
    ASSIGN_OR_RETURN(transport_, raft::Transport::start(options_.listen_address, {identity.cluster_id, identity.node, identity.incarnation},
                                                        credentials, *this));
  }
  speaks_with_ = credentials.certificate;
  speaking_.store(transport_.get(), std::memory_order_release);
  base::log_info("cluster", "the cluster port is open", {{"address", options_.listen_address}});
  return {};
}

void Member::tend_members(const raft::DriverStatus& status) {
  core::AutopilotSettings settings;
  {
    const MutexLock lock(mutex_);
    settings = settings_;
  }
  auto health = autopilot_.observe(status, settings, Clock::now());
  {
    const MutexLock lock(mutex_);
    health_ = std::move(health);
  }
  promote_learners(status, settings.stabilization);
  const auto dead = autopilot_.dead(status, settings);
  if (!dead) return;
  const auto done = storage_->member()->change({{raft::ChangeStep::Kind::remove, *dead, ""}});
  if (!done.ok()) return;
  const MutexLock lock(mutex_);
  const auto known = contexts_.find(*dead);
  base::log_warn("cluster", "a dead server was removed", {{"node", known == contexts_.end() ? "" : known->second.record.name}});
}

std::vector<core::MemberHealth> Member::health() {
  const auto steady = Clock::now();
  const base::Time now = base::system_clock().now();
  const MutexLock lock(mutex_);
  std::vector<core::MemberHealth> all;
  for (const Autopilot::Health& each : health_) all.push_back({each.id.value, each.healthy, each.since_contact, now - (steady - each.stable_since)});
  return all;
}

void Member::set_autopilot(const core::AutopilotSettings& settings) {
  const MutexLock lock(mutex_);
  settings_ = settings;
}

void Member::promote_learners(const raft::DriverStatus& status, base::Duration stabilization) {
  std::set<NodeId> stay;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, context] : contexts_)
      if (context.non_voter) stay.insert(id);
  }
  raft::ConfigurationChange steps;
  for (const NodeId id : promotion_.due(status, stay, stabilization, Clock::now())) steps.push_back({raft::ChangeStep::Kind::promote, id, ""});
  if (steps.empty()) return;
  const auto done = storage_->member()->change(std::move(steps));
  if (done.ok()) base::log_info("cluster", "learners became voters");
}

// ---- the own key ----
void Member::tend_key() {
  MemberRecord configured;
  {
    const MutexLock lock(mutex_);
    const auto own = contexts_.find(storage_->identity().node);
    if (own == contexts_.end()) return;
    configured = own->second.record;
  }
  const bool changed = key_.tend(configured, name_, base::system_clock().now());
  if (changed && !transport_) key_.in_use(Clock::now());
  auto key = key_.current();
  if (key && transport_ && speaks_with_ != key->certificate) {
    const raft::TransportCredentials credentials{key->certificate, std::move(key->private_key)};
    if (const Status rotated = transport_->rotate(credentials); !rotated.ok())
      return base::log_error("cluster", "the new key is not used yet", {{"error", rotated.error().message()}});
    speaks_with_ = credentials.certificate;
    base::log_info("cluster", "this node uses a new key");
    key_.in_use(Clock::now());
  } else if (key_.overlap_ended(Clock::now()) && transport_) {
    transport_->end_overlap();
  }
}

// ---- after the majority was lost ----
Result<std::optional<raft::Configuration>> Member::members_after_loss(const raft::Configuration& known) {
  std::string name = options_.name;
  if (name.empty()) {
    ASSIGN_OR_RETURN(name, kept_name(options_.folder + "/node-id"));
  }
  return peers_file_.members(known, name);
}

// Whoever leads the members that the file named writes them into the log, in a new epoch; then the file has done its part.
void Member::finish_recovery(const raft::DriverStatus& status) {
  if (!peers_file_.recovering()) return;
  const raft::Index index = status.view.configuration_index;
  const bool over = epoch_of(status.configuration) != peers_file_.epoch_before();
  if (over && status.view.commit >= index && status.view.durable >= index) {
    if (const Status done = peers_file_.done(); !done.ok())
      base::log_error("cluster", "the recovery is done, but its file is there still", {{"error", done.error().message()}});
    return base::log_info("cluster", "the cluster is recovered");
  }
  if (over || status.view.role != raft::Role::leader || !status.view.term_committed) return;
  const std::string epoch = crypto::random_uuid();
  raft::ConfigurationChange steps;
  for (const auto& [id, member] : status.configuration.members) {
    auto context = decode_context(id.value, member.context);
    if (!context.ok()) continue;
    context->epoch = epoch;
    steps.push_back({raft::ChangeStep::Kind::update_context, id, encode(*context)});
  }
  (void)storage_->member()->change(std::move(steps));
}

// ---- where members are ----
// Whoever isn't what the configuration says of it tells all others, until it does. Whoever hears of no leader tells them, too: they may
// look for it elsewhere. And whoever was told of a member's address tells that member, which may know of nobody. They answer with what
// they know.
void Member::tell_others() {
  raft::Transport* transport = speaking_.load(std::memory_order_acquire);
  std::vector<NodeId> whom;
  std::string news;
  {
    const MutexLock lock(mutex_);
    const auto own = contexts_.find(storage_->identity().node);
    if (!transport || own == contexts_.end()) return;
    const bool all = role_.leader == raft::kNobody || own->second.record != own_record();
    for (const auto& [id, peer] : introduced_)
      if (all || contacts_.hinted(id)) whom.push_back(id);
    if (Clock::now() < tell_again_ || whom.empty()) return;
    news = all_news();
  }
  tell_again_ = Clock::now() + kBetweenNews;
  for (const NodeId id : whom) {
    transport->call(id, news, kBetweenNews, [this, id](const Result<std::string>& answer) {
      if (answer.ok() && !answer->empty() && answer->front() == kDone) take_news(id, std::string_view(*answer).substr(1));
    });
  }
}

std::string Member::all_news() const {
  std::vector<MemberContext> members{{own_record(), false}};
  for (const auto& [id, context] : contexts_)
    if (id.value != members.front().record.id) members.push_back({contacts_.known(context.record), context.non_voter});
  return encode_news(members);
}

void Member::take_news(NodeId from, std::string_view text) {
  const auto members = decode_news(text);
  if (!members.ok()) return base::log_warn("cluster", "a member sends what cannot be read", {{"error", members.error().message()}});
  const MutexLock lock(mutex_);
  const MemberRecord& sender = members->front().record;
  const auto known = contexts_.find(from);
  if (known == contexts_.end() || sender.id != from.value || sender.name != known->second.record.name)
    return base::log_warn("cluster", "a member says that it is somebody else", {{"member", std::to_string(from.value)}});
  contacts_.heard(sender);
  for (const auto& [record, non_voter, epoch] : *members) {
    const NodeId id{record.id};
    const auto other = contexts_.find(id);
    const bool of_others = id != from && id != storage_->identity().node && other != contexts_.end();
    if (of_others && role_.leader == raft::kNobody) contacts_.hint(other->second.record, record.cluster_address);
  }
  ++news_;
  changed_.notify_all();
}

// What members said of themselves becomes what the configuration says of them.
void Member::replicate_news(const raft::DriverStatus& status) {
  if (!status.view.term_committed || status.configuration.joint()) return;
  raft::ConfigurationChange steps;
  {
    const MutexLock lock(mutex_);
    contacts_.heard(own_record());
    const auto updated = [&](NodeId id, const MemberRecord& record) {
      MemberContext context = contexts_.at(id);
      context.record = record;
      steps.push_back({raft::ChangeStep::Kind::update_context, id, encode(context)});
    };
    for (const MemberRecord& record : contacts_.news(contexts_)) updated(NodeId{record.id}, record);
    // Who offered a certificate uses it from when every member knows it.
    for (const auto& [id, context] : contexts_) {
      if (!steps.empty() || context.record.next_certificate.empty() || !all_hold_configuration(status)) continue;
      MemberRecord record = context.record;
      record.old_certificate = std::exchange(record.certificate, std::exchange(record.next_certificate, ""));
      updated(id, record);
    }
  }
  if (steps.empty()) return;
  const auto done = storage_->member()->change(std::move(steps));
  if (done.ok()) base::log_info("cluster", "what members said of themselves is replicated: addresses, or keys");
}

// ---- members ----
Result<raft::DriverStatus> Member::status() const {
  raft::Driver* driver = storage_->member();
  if (!driver) return no_group();
  return driver->status();
}

Result<core::ClusterStanding> Member::standing() {
  ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
  const auto time = Clock::now();
  core::ClusterStanding standing;
  standing.term = now.view.term.value;
  standing.last = now.view.last.index.value;
  standing.commit = now.view.commit.value;
  standing.applied = storage_->applied().value;
  standing.served = storage_->told().value;
  standing.leads = now.view.role == raft::Role::leader;
  standing.queued = standing.commit - std::min(standing.commit, standing.served);
  if (standing.queued > 0) standing.queue_age = commits_.waiting(standing.served, time);
  if (standing.leads) return standing;
  standing.unheard = commits_.unheard(time);
  standing.lag = commits_.age(standing.served, time);
  return standing;
}

Result<std::vector<ClusterMember>> Member::members() {
  ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
  const auto time = Clock::now();
  std::vector<ClusterMember> members;
  for (const auto& [id, known] : now.configuration.members) {
    ASSIGN_OR_RETURN(const MemberContext context, decode_context(id.value, known.context));
    ClusterMember member;
    member.record = context.record;
    member.leads = id == now.view.leader;
    member.votes = now.configuration.votes(id);
    for (const raft::PeerView& peer : now.view.peers) {
      if (peer.id != id) continue;
      member.match = peer.match.value;
      member.reached_lately = peer.recently_active;
      member.applied = peer.applied.value;
      member.unheard = peer.ticks_since_contact * raft::DriverOptions().tick;
      member.lag = commits_.waiting(member.applied, time);
    }
    if (id == storage_->identity().node) {
      member.match = now.view.durable.value;
      member.applied = storage_->told().value;
      member.reached_lately = true;
    }
    members.push_back(std::move(member));
  }
  return members;
}

Result<Invitation> Member::invitation() {
  ASSIGN_OR_RETURN(const auto all, members());
  Invitation invitation{storage_->identity().cluster_id, {}};
  for (const ClusterMember& member : all) invitation.members.push_back(member.record);
  return invitation;
}

// One change at a time, and none before this term has committed something: both pass.
Status Member::change(const std::function<Result<raft::ConfigurationChange>()>& make) {
  const auto until = Clock::now() + kChangeTries;
  while (true) {
    raft::Driver* driver = storage_->member();
    if (!driver) return no_group();
    ASSIGN_OR_RETURN(raft::ConfigurationChange steps, make());
    if (steps.empty()) return {};
    const auto done = driver->change(std::move(steps));
    if (done.ok()) {
      wake();
      return {};
    }
    if (done.error().code() != Code::conflict || Clock::now() >= until) return done.error();
    MutexLock lock(mutex_);
    changed_.wait_for(mutex_, kBetweenTries, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_; });
    if (stopping_) return Error(Code::unavailable, "this node is stopping");
  }
}

// A name that comes back with another id is a node that lost its disk: the old member goes with the same change.
Status Member::add_member(const MemberRecord& record, bool non_voter) {
  const NodeId id{record.id};
  if (id == raft::kNobody || record.name.empty() || record.certificate.empty() || record.cluster_address.empty())
    return base::invalid("a member needs an id, a name, an address and a certificate");
  return change([&]() -> Result<raft::ConfigurationChange> {
    ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
    const std::string context = encode({record, non_voter, epoch_of(now.configuration)});
    raft::ConfigurationChange steps;
    for (const auto& [other, member] : now.configuration.members) {
      const auto known = decode_context(other.value, member.context);
      if (other != id && known.ok() && known->record.name == record.name) steps.push_back({raft::ChangeStep::Kind::remove, other, ""});
    }
    const auto found = now.configuration.members.find(id);
    if (found == now.configuration.members.end()) steps.push_back({raft::ChangeStep::Kind::add_learner, id, context});
    else if (found->second.context != context) steps.push_back({raft::ChangeStep::Kind::update_context, id, context});
    return steps;
  });
}

Status Member::change_named(const std::string& name, raft::ChangeStep::Kind kind) {
  return change([&]() -> Result<raft::ConfigurationChange> {
    ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
    for (const auto& [id, member] : now.configuration.members) {
      const auto known = decode_context(id.value, member.context);
      if (known.ok() && known->record.name == name) return raft::ConfigurationChange{{kind, id, ""}};
    }
    return Error(Code::absent, "no member of that name: " + name);
  });
}

// ---- forwarding ----
Member::Leader Member::leader() const {
  const MutexLock lock(mutex_);
  return {role_.leader, role_.term, news_};
}

// False: this node stops.
bool Member::await_news(uint64_t seen, Clock::time_point until) {
  const auto at_most = std::min<Clock::duration>(kBetweenTries, until - Clock::now());
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, at_most, [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || news_ != seen; });
  return !stopping_;
}

// Somebody else leads in a later term, and has for a while.
bool Member::succeeded(const Leader& leader) const {
  const MutexLock lock(mutex_);
  return role_.term > leader.term && role_.leader != raft::kNobody && role_.leader != leader.id &&
         Clock::now() - led_since_ >= kDeposedMax;
}

// One call to it, of which a leader that stands still keeps nobody waiting for long once there is another one.
Result<std::string> Member::ask(raft::Transport& transport, const Leader& leader, std::string message, Clock::time_point until) {
  const auto waiter = std::make_shared<raft::Waiter<std::string>>();
  const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
  transport.call(leader.id, std::move(message), left, [waiter](Result<std::string> result) { waiter->answer(std::move(result)); });
  while (!waiter->ready_within(kLookForSuccessor)) {
    if (succeeded(leader)) return Error(Code::uncertain, "the node that was asked does not lead any more, and does not answer");
  }
  ASSIGN_OR_RETURN(std::string answer, waiter->wait());
  if (answer.empty() || answer.front() != kDone) return Error(Code::unavailable, "the leader is not ready");
  answer.erase(0, 1);
  return answer;
}

Result<std::string> Member::ask_leader(const std::string& request, milliseconds at_most) {
  const auto until = Clock::now() + at_most;
  const auto found_until = Clock::now() + std::min(at_most, kLeaderWait);
  Error last(Code::unavailable, "nobody leads the cluster");
  while (Clock::now() < found_until) {
    const Leader now = leader();
    if (now.id == storage_->identity().node) {
      (void)await_news(now.seen, found_until);  // it hands over, or is about to be active
      return Error(Code::conflict, "this node leads the cluster itself");
    }
    raft::Transport* transport = speaking_.load(std::memory_order_acquire);
    if (now.id != raft::kNobody && transport) {
      auto answer = ask(*transport, now, kRequest + request, until);
      if (answer.ok() || answer.error().code() != Code::unavailable) return answer;
      last = answer.error();
    }
    if (!await_news(now.seen, found_until)) break;
  }
  return last;
}

bool Member::await_successor(milliseconds at_most) {
  const auto until = Clock::now() + at_most;
  while (Clock::now() < until) {
    const Leader now = leader();
    raft::Transport* transport = speaking_.load(std::memory_order_acquire);
    const bool other = now.id != raft::kNobody && now.id != storage_->identity().node;
    if (other && transport && ask(*transport, now, {kWhenActive}, until).ok()) return true;
    if (!await_news(now.seen, until)) break;
  }
  return false;
}

// Asked by another member.
bool Member::await_active_here() {
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, kAwaitsActive, [this]() BAO_TS(no_thread_safety_analysis) {
    return stopping_ || active_ || role_.role != raft::Role::leader;
  });
  return active_;
}

// What has not left for the one that led goes to the one that leads.
void Member::drop_unsent() {
  const NodeId before = std::exchange(led_by_, leader().id);
  if (before != led_by_ && before != raft::kNobody && transport_) transport_->drop_unsent(before);
}

void Member::on_ask(Answer answer) {
  const bool unset = !answer;
  {
    const MutexLock lock(mutex_);
    answer_ = answer ? std::make_shared<const Answer>(std::move(answer)) : nullptr;
  }
  if (unset) pool_.stop();
}

// ---- from the transport ----
void Member::on_envelope(raft::Envelope envelope) {
  learn_commit(envelope);
  if (raft::Driver* driver = storage_->member()) driver->deliver_here(std::move(envelope));
}

// Whoever sends these leads in their term.
void Member::learn_commit(const raft::Envelope& envelope) {
  const auto learn = [&](raft::Index index) { commits_.learn(envelope.term.value, index.value, Clock::now()); };
  if (const auto* append = std::get_if<raft::Append>(&envelope.message)) learn(append->commit);
  else if (const auto* heartbeat = std::get_if<raft::Heartbeat>(&envelope.message)) learn(heartbeat->commit);
  else if (const auto* offer = std::get_if<raft::SnapshotOffer>(&envelope.message)) learn(offer->meta.last.index);
}

void Member::on_peer_unreachable(NodeId peer) {
  if (raft::Driver* driver = storage_->member()) driver->peer_unreachable(peer);
}

Status Member::serve_snapshot(NodeId peer, raft::GroupId, raft::Position last, const std::string& after, const raft::TakePiece& give) {
  raft::Driver* driver = storage_->member();
  if (!driver) return no_group();
  return driver->serve_snapshot(peer, last, after, give);
}

void Member::on_call(NodeId from, std::string request, std::function<void(std::string)> reply) {
  if (is_news(request)) {
    take_news(from, request);
    std::string known;
    {
      const MutexLock lock(mutex_);
      known = all_news();
    }
    return reply(kDone + known);
  }
  const auto not_now = [reply] { reply(std::string(1, kNotNow)); };
  if (!request.empty() && request.front() == kWhenActive) {
    return pool_.run({[this, reply] { reply(std::string(1, await_active_here() ? kDone : kNotNow)); }, not_now});
  }
  std::shared_ptr<const Answer> answer;
  {
    const MutexLock lock(mutex_);
    answer = answer_;
  }
  if (!answer || request.empty() || request.front() != kRequest) return not_now();
  pool_.run({[answer, reply, request = std::move(request)]() mutable {
               request.erase(0, 1);
               auto text = (*answer)(std::move(request));
               reply(text ? kDone + std::move(*text) : std::string(1, kNotNow));
             },
             not_now});
}

}  // namespace

Result<std::unique_ptr<Node>> Node::open(NodeOptions options) {
  auto member = std::make_unique<Member>(std::move(options));
  TRY(member->start());
  return std::unique_ptr<Node>(std::move(member));
}

}  // namespace bao::cluster
