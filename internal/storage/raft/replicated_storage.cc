#include "internal/storage/raft/replicated_storage.h"

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <random>

#include "internal/base/listener.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/crypto/hash.h"
#include "internal/storage/proposal.h"
#include "internal/storage/raft/background_check.h"
#include "internal/storage/raft/data_folder.h"
#include "internal/storage/raft/logged_state.h"
#include "internal/storage/raft/member_log.h"
#include "internal/storage/raft/proposal_payload.h"
#include "internal/storage/raft/read_pool.h"
#include "internal/storage/raft/record_audit.h"
#include "internal/storage/raft/replacement_entry.h"
#include "internal/storage/raft/state_snapshot.h"

namespace bao::storage::raft {
namespace {

constexpr int64_t kLogRowsAtOnce = 10'000;
constexpr std::chrono::seconds kElectionWait{10};  // for the own vote to reach the disk

// Waits for the end of a campaign: leader, or back to follower.
class Campaign {
 public:
  void heard(const consensus::RoleChange& change) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    using consensus::Role;
    ran_ = ran_ || change.role == Role::pre_candidate || change.role == Role::candidate;
    if (change.role == Role::leader) won_ = true;
    else if (ran_ && change.role == Role::follower) won_ = false;
    changed_.notify_all();
  }
  bool won() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto ended = [this]() BAO_TS(no_thread_safety_analysis) { return won_.has_value(); };
    return changed_.wait_for(mutex_, kElectionWait, ended) && *won_;
  }

 private:
  base::Mutex mutex_{base::Rank::storage_pool};
  base::Condition changed_;
  bool ran_ GUARDED_BY(mutex_) = false;
  std::optional<bool> won_ GUARDED_BY(mutex_);
};

class RunningStorage final : public ReplicatedStorage {
 public:
  RunningStorage(std::unique_ptr<DataFolder> folder, Options options)
      : folder_(std::move(folder)),
        options_(std::move(options)),
        reserve_(folder_->path(), options_.free_bytes),
        pool_(folder_->state_file(), options_.vfs) {}

  ~RunningStorage() override;
  base::Status start();

  consensus::LogIdentity identity() const override { return *identity_.get(); }
  base::Status form(const std::string& context) override;
  base::Status join(const std::string& cluster_id) override;
  consensus::Driver* member() override { return running_.load(std::memory_order_acquire); }
  bool await_applied(base::Index index, std::chrono::milliseconds at_most) override;
  std::unique_ptr<Snapshot> snapshot() override { return open_snapshot(pool_, records_, state_->listings(), applied()); }
  base::Result<base::Index> propose(Proposal proposal) override;
  void set_listener(ChangeListener listener) override { listener_.set(std::move(listener)); }
  void on_replacing(ReplacingListener listener) override { replacing_listener_.set(std::move(listener)); }
  base::Index data_since() const override { return base::Index{data_since_.load(std::memory_order_acquire)}; }
  base::Result<base::Index> replace_data(const std::function<base::Status(const TakePiece& take)>& pieces) override;
  base::Status drop_unfinished_replacement() override;
  base::Index told() const override { return base::Index{told_.load(std::memory_order_acquire)}; }
  base::Index applied() const override { return base::Index{applied_.load(std::memory_order_acquire)}; }
  std::string_view type() const override { return "raft"; }

 private:
  bool formed() const { return log_->identity().node != consensus::kNobody; }
  // As a node that has read nothing yet sees it.
  std::unique_ptr<Snapshot> uncached_snapshot() {
    nothing_kept_ = std::make_unique<RecordCache>();
    return open_snapshot(pool_, *nothing_kept_, state_->listings(), applied());
  }
  void publish_identity();
  base::Status start_member();
  base::Status shorten_log();
  base::Result<base::Index> propose_payload(std::string payload, base::Term reign = {});
  base::Result<base::Index> propose_step(const ReplacementStep& step) { return propose_payload(encode_replacement(step)); }
  void note_replacement();
  base::Status lead_if_alone();
  StateEvents state_events();
  void changed(StateEvents::Changes& changes);
  void replaced(base::Index index);
  void wake_awaiting();
  // By the thread that applies.
  void tell_replacing(Replacing what) {
    if (what == Replacing::withdrawn && !replacing_) return;
    replacing_ = what == Replacing::begins;
    replacing_listener_.tell(what);
  }

  const std::unique_ptr<DataFolder> folder_;
  const Options options_;
  DiskReserve reserve_;
  RecordCache records_;
  std::unique_ptr<RecordCache> nothing_kept_;  // of the audit's thread
  const consensus::NodeId new_id_ = new_node_id();  // until the log names one
  std::atomic<uint64_t> applied_{0};
  std::atomic<uint64_t> told_{0};  // as applied_, when the listener has heard of it
  std::atomic<uint64_t> data_since_{0};
  std::atomic<bool> replacement_under_way_{false};
  std::atomic<int> awaiting_{0};   // threads in await_applied
  base::Mutex mutex_{base::Rank::storage_pool};
  std::multimap<uint64_t, base::Condition*> waiting_for_ GUARDED_BY(mutex_);  // by the index that each waits for
  base::Listener<const ChangeSet&> listener_;
  base::Listener<Replacing> replacing_listener_;
  bool replacing_ = false;  // of the thread that applies: begun, and nothing came of it yet
  base::Published<consensus::LogIdentity> identity_;  // as the log has it, but for the node, which is there from the beginning
  base::Mutex forming_{base::Rank::storage_forming};
  std::unique_ptr<LoggedState> state_;
  bool readers_closed_ = false;  // or about to be
  ReadPool pool_;  // closed before the state, which checkpoints at its end
  std::unique_ptr<consensus::LogStore> log_;
  BackgroundCheck check_;
  RecordAudit audit_{records_, [this] { return uncached_snapshot(); }};
  std::unique_ptr<consensus::Driver> driver_;  // ended before what it uses
  std::atomic<consensus::Driver*> running_{nullptr};
};

base::Status RunningStorage::start() {
  ASSIGN_OR_RETURN(state_, LoggedState::open(folder_->state_file(), options_.vfs, state_events()));
  applied_ = told_ = state_->applied().position.index.value;
  note_replacement();
  ASSIGN_OR_RETURN(log_, open_member_log(folder_->log_file(), options_.vfs));
  publish_identity();
  TRY(folder_->sync());
  if (!state_->checked()) check_.start(folder_->state_file(), options_.vfs);
  if (formed() || applied() > base::Index{}) {  // a state without a log is refused there
    return start_member();
  }
  return options_.form_as ? form(*options_.form_as) : base::Status();
}

// Asked for with every answer that a client gets.
void RunningStorage::publish_identity() {
  consensus::LogIdentity identity = log_->identity();
  if (identity.node == consensus::kNobody) identity.node = new_id_;
  identity_.set(std::make_shared<const consensus::LogIdentity>(std::move(identity)));
}

base::Status RunningStorage::form(const std::string& context) {
  const base::MutexLock lock(forming_);
  if (formed()) return base::Error(base::Code::conflict, folder_->path() + ": this node belongs to a group already");
  TRY(form_group(*log_, new_id_, context));
  publish_identity();
  return start_member();
}

base::Status RunningStorage::join(const std::string& cluster_id) {
  const base::MutexLock lock(forming_);
  if (formed()) {
    if (log_->identity().cluster_id == cluster_id) return {};
    return base::Error(base::Code::conflict, folder_->path() + ": this node belongs to another group already");
  }
  TRY(log_->set_identity(cluster_id, new_id_));
  publish_identity();
  return start_member();
}

base::Status RunningStorage::start_member() {
  consensus::DriverOptions options;
  options.core.group = kGroup;
  options.core.id = log_->identity().node;
  options.core.seed = std::random_device{}();
  options.core.chain = consensus::sha256_chain;
  options.has_room = [this] { return reserve_.check().ok(); };
  options.storage_failed = options_.storage_failed;
  options.replace_members = options_.replace_members;
  consensus::Carrier carrier = options_.carrier;
  if (!carrier.send) carrier.send = [](const consensus::Envelope&) { return false; };
  auto driver = consensus::Driver::start(std::move(options), *log_, *state_, std::move(carrier));
  if (!driver.ok()) return driver.error().within(folder_->log_file());
  driver_ = std::move(*driver);
  TRY(lead_if_alone());
  running_.store(driver_.get(), std::memory_order_release);  // its listener is free again
  audit_.start();
  return {};
}

// A start reads the whole log: a node that is alone needs none of what its state holds for certain, but for a little that
// brings up a state from shortly before.
RunningStorage::~RunningStorage() {
  audit_.stop();
  if (driver_) {
    driver_->stop();
    if (const auto done = shorten_log(); !done.ok()) {
      base::log_warn("storage", "the log was not shortened; the next start reads more of it", {{"error", done.error().message()}});
    }
  }
  readers_closed_ = true;
}

base::Status RunningStorage::shorten_log() {
  const auto& members = state_->held().at.configuration.members;
  if (members.size() != 1) return {};
  state_->checkpoint();
  const uint64_t kept = consensus::DriverOptions{}.trailing_alone.entries;
  const uint64_t last = log_->last(kGroup).value;
  const base::Index up_to = std::min(state_->durable(), base::Index{last - std::min(kept, last)});
  bool more = up_to > log_->start(kGroup).position.index;
  while (more) {
    ASSIGN_OR_RETURN(more, log_->compact(kGroup, up_to, kLogRowsAtOnce));
  }
  return {};
}

// What was acknowledged may still wait in the log. On a disk that is too full even for a vote, a state that holds the whole
// log serves reads nevertheless.
base::Status RunningStorage::lead_if_alone() {
  ASSIGN_OR_RETURN(const consensus::DriverStatus status, driver_->status());
  if (status.configuration.voters.size() != 1 || !status.configuration.votes(log_->identity().node)) return {};
  const auto campaign = std::make_shared<Campaign>();
  driver_->on_role([campaign](const consensus::RoleChange& change) { campaign->heard(change); });
  const bool won = campaign->won();
  driver_->on_role(nullptr);
  if (won) {
    const auto confirmed = driver_->read_index();
    return confirmed.ok() ? base::Status() : base::Status(confirmed.error());
  }
  if (status.view.last.index == applied()) {
    base::log_error("storage", "the log cannot be written: writes are refused until it can", {{"file", folder_->log_file()}});
    return {};
  }
  return base::Error(base::Code::unavailable, folder_->log_file() + ": what it holds cannot be applied: it takes no vote of this node");
}

base::Result<base::Index> RunningStorage::propose(Proposal proposal) {
  TRY(check_sizes(proposal));
  TRY(reserve_.check());
  static base::Counter& proposals = base::counter("storage.proposals");
  proposals.add();
  return propose_payload(encode_proposal(proposal), proposal.reign);
}

base::Result<base::Index> RunningStorage::propose_payload(std::string payload, base::Term reign) {
  consensus::Driver* driver = member();
  if (!driver) return base::Error(base::Code::unavailable, "storage: this node belongs to no group yet");
  auto done = driver->propose(std::move(payload), reign);
  if (!done.ok() && done.error().code() == base::Code::exhausted)
    return base::Error(base::Code::unavailable, done.error().message());
  return done;
}

// Nothing of the old data is touched before the last step, whose place in the log decides what it took the place of.
base::Result<base::Index> RunningStorage::replace_data(const std::function<base::Status(const TakePiece& take)>& pieces) {
  using Kind = ReplacementStep::Kind;
  const std::string id = crypto::random_uuid();
  TRY(reserve_.check());
  TRY(propose_step({Kind::begin, id, 0, ""}));
  uint64_t count = 0;
  const base::Status given = pieces([&](std::string_view piece) -> base::Status {
    TRY(reserve_.check());
    TRY(propose_step({Kind::add, id, count, std::string(piece)}));
    ++count;
    return {};
  });
  if (given.ok()) return propose_step({Kind::finish, id, count, ""});
  (void)drop_unfinished_replacement();
  return given.error();
}

base::Status RunningStorage::drop_unfinished_replacement() {
  if (!replacement_under_way_) return {};
  const auto dropped = propose_step({ReplacementStep::Kind::drop, "", 0, ""});
  return dropped.ok() ? base::Status() : base::Status(dropped.error());
}

// Of what is applied.
void RunningStorage::note_replacement() {
  replacement_under_way_ = state_->replacement_under_way();
  const auto since = state_->data_since();
  if (since.ok()) data_since_.store(since->value, std::memory_order_release);
  else base::log_error("storage", "the state cannot be read", {{"error", since.error().message()}});
}

StateEvents RunningStorage::state_events() {
  StateEvents events;
  events.changing = [this](const ChangeSet& changes) {
    if (changes.everything) {
      records_.changing_all(changes.index);
      tell_replacing(Replacing::begins);
    }
    for (const std::string& key : changes.keys) records_.changing(key, changes.index);
  };
  events.changed = [this](StateEvents::Changes& changes) { changed(changes); };
  events.replacing = [this](base::Index index) {
    records_.changing_all(index);
    tell_replacing(Replacing::begins);
  };
  events.unchanged = [this] { tell_replacing(Replacing::withdrawn); };
  events.replaced = [this](base::Index index) { replaced(index); };
  events.checkpointing = [this] {
    if (!readers_closed_) pool_.let_go();
  };
  return events;
}

void RunningStorage::changed(StateEvents::Changes& changes) {
  static base::Counter& batches = base::counter("storage.batches");
  batches.add();
  applied_.store(changes.set.index.value, std::memory_order_release);
  if (changes.replacement_step) note_replacement();
  if (changes.set.everything) replacing_ = false;
  if (!changes.set.keys.empty() || changes.set.everything) {
    records_.keep_written(changes.set, std::move(changes.records));
    listener_.tell(changes.set);
  }
  wake_awaiting();
}

void RunningStorage::replaced(base::Index index) {
  applied_.store(index.value, std::memory_order_release);
  note_replacement();
  replacing_ = false;
  listener_.tell({index, {}, /*everything=*/true});
  wake_awaiting();
}

// `applied_` is of what can be read; a listener may still be at it. So whoever waits is woken here, and looks at `told_`.
void RunningStorage::wake_awaiting() {
  told_.store(applied_.load(std::memory_order_relaxed));
  if (awaiting_.load() == 0) return;
  const base::MutexLock lock(mutex_);
  const auto end = waiting_for_.upper_bound(told_.load());
  for (auto reached = waiting_for_.begin(); reached != end; ++reached) reached->second->notify_one();
}

// Each has a condition of its own: many wait at once where many write, and an apply concerns few of them.
bool RunningStorage::await_applied(base::Index index, std::chrono::milliseconds at_most) {
  if (told_.load() >= index.value) return true;
  ++awaiting_;
  bool reached = false;
  {
    base::Condition mine;
    base::MutexLock lock(mutex_);
    const auto place = waiting_for_.emplace(index.value, &mine);
    reached = mine.wait_for(mutex_, at_most, [&] { return told_.load() >= index.value; });
    waiting_for_.erase(place);
  }
  --awaiting_;
  return reached;
}

}  // namespace

base::Result<std::unique_ptr<ReplicatedStorage>> open(const std::string& path, Options options) {
  if (!options.free_bytes) options.free_bytes = free_bytes;
  ASSIGN_OR_RETURN(auto folder, DataFolder::open(path));
  auto storage = std::make_unique<RunningStorage>(std::move(folder), std::move(options));
  TRY(storage->start());
  return std::unique_ptr<ReplicatedStorage>(std::move(storage));
}

}  // namespace bao::storage::raft
