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
#include "internal/cluster/call_pool.h"
#include "internal/cluster/commit_history.h"
#include "internal/cluster/confirmation.h"
#include "internal/cluster/member_record.h"
#include "internal/cluster/node_key.h"
#include "internal/cluster/promotion.h"
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

Error no_group() { return {Code::unavailable, "this node belongs to no cluster yet"}; }

class Member final : public Node, private raft::Receiver {
 public:
  explicit Member(NodeOptions options) : options_(std::move(options)), promotion_(options_.stabilization) {}
  ~Member() override;
  Status start();

  storage::Backend& storage() override { return *storage_; }
  const std::string& name() const override { return name_; }

  bool formed() const override { return storage_->member() != nullptr; }
  std::string epoch() const override { return storage_->identity().cluster_id; }
  Status form() override;
  Result<MemberRecord> self() override;
  Status join(const Invitation& invitation) override;

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

  Result<std::string> ask_leader(const std::string& request, milliseconds at_most) override;
  void on_ask(Answer answer) override;

 private:
  using Contexts = std::map<NodeId, MemberContext>;

  // From the transport.
  void on_envelope(raft::Envelope envelope) override;
  void on_peer_unreachable(NodeId peer) override;
  Status serve_snapshot(NodeId peer, raft::GroupId group, raft::Position last, const std::string& after,
                        const raft::TakePiece& give) override;
  void on_call(NodeId from, std::string request, std::function<void(std::string)> reply) override;

  raft::Carrier carrier();
  Status make_key() REQUIRES(mutex_);
  MemberRecord own_record() const REQUIRES(mutex_);
  void follow_role();
  void count(const raft::RoleChange& change);
  void learn_commit(const raft::Envelope& envelope);
  void run();
  void look();
  void learn(const raft::DriverStatus& status);
  void promote_learners(const raft::DriverStatus& status);
  void meet(const Contexts& contexts);
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
  CommitHistory commits_;
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
  std::optional<crypto::CertificateAndKey> key_ GUARDED_BY(mutex_);
  bool open_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  uint64_t news_ GUARDED_BY(mutex_) = 0;
  raft::RoleChange role_ GUARDED_BY(mutex_){};
  Clock::time_point led_since_ GUARDED_BY(mutex_);  // when role_.leader became known
  bool active_ GUARDED_BY(mutex_) = false;          // as it was declared
  Contexts contexts_ GUARDED_BY(mutex_);   // of the configuration; of the invitation before there is one
  base::Listener<> listener_;
  std::shared_ptr<const Answer> answer_ GUARDED_BY(mutex_);

  NodeId counted_leader_ = raft::kNobody;  // of whoever has the core's turn
  // Of the cluster thread.
  Promotion promotion_;
  std::atomic<bool> follows_{false};
  std::string port_error_;
  raft::Configuration learned_;
  NodeId led_by_ = raft::kNobody;
  raft::Peers introduced_;
  std::thread thread_;
};

// ---- life ----
Status Member::start() {
  storage::raft::Options options;
  options.vfs = options_.vfs;
  options.carrier = carrier();
  ASSIGN_OR_RETURN(storage_, storage::raft::open(options_.folder, std::move(options)));
  name_ = options_.name;
  if (name_.empty()) {
    ASSIGN_OR_RETURN(name_, kept_name(options_.folder + "/node-id"));
  }
  follow_role();
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

Status Member::make_key() {
  if (key_) return {};
  ASSIGN_OR_RETURN(key_, crypto::make_member_certificate(name_));
  return {};
}

MemberRecord Member::own_record() const {
  return {storage_->identity().node.value, name_, options_.cluster_address, options_.api_address, key_ ? key_->certificate : "",
          options_.host_name, options_.version};
}

// ---- belonging ----
Status Member::form() {
  std::string context;
  {
    const MutexLock lock(mutex_);
    TRY(make_key());
    context = encode({own_record(), false});
  }
  TRY(storage_->form(context));
  follow_role();
  wake();
  return {};
}

Result<MemberRecord> Member::self() {
  const MutexLock lock(mutex_);
  TRY(make_key());
  return own_record();
}

Status Member::join(const Invitation& invitation) {
  TRY(storage_->join(invitation.cluster_id));
  {
    const MutexLock lock(mutex_);
    for (const MemberRecord& record : invitation.members) contexts_[NodeId{record.id}] = {record, false};
    open_ = true;  // to receive what the group holds; the key is sealed when the node is unsealed
  }
  wake();
  return {};
}

// ---- taking part ----
Status Member::open(const core::KeySealing& sealing) {
  const std::string file = options_.folder + "/node-key";
  {
    const MutexLock lock(mutex_);
    if (!key_) {
      auto kept = read_node_key(file, sealing);
      if (kept.ok()) key_ = std::move(*kept);
      else if (kept.error().code() != Code::absent) base::log_error("cluster", "the node's key cannot be read", {{"error", kept.error().message()}});
    }
    TRY(make_key());
    TRY(write_node_key(file, *key_, sealing));
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
  wake();
}

ClusterRole Member::role() const {
  const MutexLock lock(mutex_);
  ClusterRole role;
  role.leads = role_.role == raft::Role::leader;
  role.term = role_.term.value;
  if (const auto known = contexts_.find(role_.leader); known != contexts_.end()) role.leader = known->second.record;
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
  Contexts contexts;
  bool speaks = false;
  {
    const MutexLock lock(mutex_);
    contexts = contexts_;
    speaks = open_;
  }
  meet(speaks ? contexts : Contexts());
  if (speaks) promote_learners(*now);
}

void Member::learn(const raft::DriverStatus& status) {
  if (status.configuration.members.empty()) return;  // a joiner's: what it was invited with counts
  if (status.configuration == learned_) return;      // nearly always
  learned_ = status.configuration;
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
    contexts_ = std::move(contexts);
  }
  if (news) listener_.tell();  // the leader may have got a name
}

// Whom the transport knows; nobody while this node is sealed.
void Member::meet(const Contexts& contexts) {
  const NodeId own = storage_->identity().node;
  raft::Peers peers;
  for (const auto& [id, context] : contexts) {
    if (id != own) peers[id] = {context.record.cluster_address, {context.record.certificate}, ""};
  }
  if (!transport_ && peers.empty()) return;
  if (!transport_) {
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
  raft::TransportCredentials credentials;
  {
    const MutexLock lock(mutex_);
    if (!key_) return Error(Code::unavailable, "this node has no key yet");
    credentials = {key_->certificate, key_->private_key.clone()};
  }
  const raft::LogIdentity identity = storage_->identity();
  ASSIGN_OR_RETURN(transport_, raft::Transport::start(options_.listen_address, {identity.cluster_id, identity.node, identity.incarnation},
                                                      credentials, *this));
  speaking_.store(transport_.get(), std::memory_order_release);
  base::log_info("cluster", "the cluster port is open", {{"address", options_.listen_address}});
  return {};
}

void Member::promote_learners(const raft::DriverStatus& status) {
  std::set<NodeId> stay;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, context] : contexts_)
      if (context.non_voter) stay.insert(id);
  }
  raft::ConfigurationChange steps;
  for (const NodeId id : promotion_.due(status, stay, Clock::now())) steps.push_back({raft::ChangeStep::Kind::promote, id, ""});
  if (steps.empty()) return;
  const auto done = storage_->member()->change(std::move(steps));
  if (done.ok()) base::log_info("cluster", "learners became voters");
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
    const std::string context = encode({record, non_voter});
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

void Member::on_call(NodeId, std::string request, std::function<void(std::string)> reply) {
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
