#include "internal/core/ha/autopilot.h"
#include "internal/core/life_cycle.h"

#include <algorithm>

#include "internal/barrier/reign.h"
#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/core/audited_caches.h"
#include "internal/core/background_job.h"
#include "internal/core/ha/joining.h"
#include "internal/core/ha/roles.h"
#include "internal/core/initialization.h"
#include "internal/core/keyring_keeper.h"
#include "internal/core/lockout_sweep.h"
#include "internal/core/replacement.h"
#include "internal/core/request_handler.h"
#include "internal/core/revoker.h"
#include "internal/core/seal_migration.h"
#include "internal/core/seal_storage.h"
#include "internal/core/unseal_progress.h"

namespace bao::core {
namespace {

using base::MutexLock;
using base::Result;
using base::SecretBytes;
using base::Status;

constexpr std::string_view kNodeKeyPath = "cluster/node-key";  // beside the barrier's own entries: on this node's disk only
constexpr std::chrono::milliseconds kBetweenAudits{500};  // of one object of each cache
constexpr std::chrono::milliseconds kBetweenTurns{100};   // of the engines' work
constexpr size_t kAuditedAtOnceMax = 10'000;              // of a cache, when somebody asks
constexpr std::chrono::milliseconds kHandOver{1'500}, kSuccessor{5'000}, kTakeUpWait{5'000}, kLoadWait{30'000};
constexpr int kTakeUpTries = 3;  // once the data was replaced

class SealLifeCycle final : public LifeCycle {
 public:
  explicit SealLifeCycle(Core::Parts& parts)
      : parts_(parts), keeper_(parts), roles_(parts.options.cluster, parts.clock, {[this](base::Term reign) { return take_up(reign); }, [this] { lay_down(); }, [this] { follow(); }}),
        audit_(audited_caches(parts), [&parts](base::Index index) { return all_told(parts, index); }) {}
  ~SealLifeCycle() override { stop(); }

  Status start() override;
  void stop() override;
  Result<bool> initialized() const override;
  Result<InitResult> initialize(const InitRequest& request) override;
  Status finish_initialization() override;
  Result<SealStatus> seal_status() const override;
  Result<SealStatus> unseal(std::string_view share_text, Core::Migrate migrate) override;
  Result<SealStatus> reset_unseal() override;
  Status seal() override;
  bool active() const override { return roles_.active(); }
  bool serving() const override { return !sealed(); }
  bool await_active() override { return roles_.await_active(kTakeUpWait); }
  base::Term reign() const override { return roles_.reign(); }
  base::Index applied() const override { return parts_.backend.applied(); }
  Result<bool> confirm(const Sight& sight) override;
  Result<bool> confirm_refusal(const Sight& sight) override;
  Status step_down() override;
  void keyring_changed() override;
  bool keyring_stale() const override { return keyring_stale_; }
  void audit() override { audit_.all(kAuditedAtOnceMax); }
  void data_replaced() override { replacement_.happened(); }
  void data_changes() override { replacement_.begins(); }
  void data_unchanged() override { replacement_.withdrawn(); }
  uint64_t replacements() const override { return replacement_.count(); }
  uint64_t await_data() override { return replacement_.await(kLoadWait); }
  Result<Leader> leader() const override;
  Result<Health> health() const override;
  Result<KeyStatus> key_status() const override { return keeper_.status(); }
  Status rotate_keyring() override { return keeper_.rotate(); }
  Status keep_keyring() override { return keeper_.keep(); }

 private:
  const seal::Wrapper* auto_seal() const { return parts_.options.auto_seal.get(); }
  bool sealed() const { return !serving_.load(std::memory_order_acquire); }
  Result<StoredSeal> stored_seal() const { return read_stored_seal(barrier::Reader(parts_.barrier)); }
  Result<SealStatus> status_of(const StoredSeal& stored) const REQUIRES(mutex_);
  using Way = std::optional<MigrationWay>;
  Result<Way> way(const StoredSeal& stored) const { return pending_migration(barrier::Reader(parts_.barrier), stored, parts_.options); }
  Status add_share(SecretBytes share, const StoredSeal& stored, Way way) REQUIRES(mutex_);
  Status add_joining_share(SecretBytes share, Core::Migrate migrate) REQUIRES(mutex_);
  Status check_recovery_key(const SecretBytes& key, const seal::Wrapper& wrapper) const;
  Status migrate();
  Status open(const seal::Wrapper& wrapper) REQUIRES(mutex_);
  Status check_finished() const REQUIRES(mutex_);
  Status activate() REQUIRES(mutex_);
  Result<bool> stands(const Sight& sight, const Result<base::Index>& confirmed) const;
  Status take_up(base::Term reign);
  Status load_cluster_info();
  void configure_autopilot();
  void lay_down();
  void follow();
  void resume_disabling();
  Cluster* cluster() const { return parts_.options.cluster; }
  Status load() REQUIRES(mutex_);
  void load_replacement();
  Status reopen() REQUIRES(mutex_);
  Status open_again() REQUIRES(mutex_);
  Status join_cluster() REQUIRES(mutex_);
  void deactivate() REQUIRES(mutex_);

  Core::Parts& parts_;
  KeyringKeeper keeper_;
  mutable base::Mutex mutex_{base::Rank::seal};
  UnsealProgress progress_ GUARDED_BY(mutex_);
  std::optional<SecretBytes> joining_key_ GUARDED_BY(mutex_);  // until the data has arrived
  bool initialising_ GUARDED_BY(mutex_) = false;               // from an unfinished initialisation on, until it is finished
  std::atomic<bool> serving_{false};
  std::atomic<bool> keyring_stale_{false};
  Roles roles_;
  base::Published<ClusterInfo> cluster_;
  struct Migration {
    SecretBytes key;  // of the former seal
  };
  base::Published<Migration> migration_;  // from the last share of the former seal on, until this node is active
  CacheAudit audit_;
  BackgroundJob auditing_{"audit", kBetweenAudits, [this] { audit_.step(); }};
  BackgroundJob engines_{"engines", kBetweenTurns, [this] { parts_.mounts->work(); }};  // while this node is active
  BackgroundJob lockouts_{"lockouts", kLockoutSweepInterval, [this] { end_old_lockouts(parts_); }};  // while this node is active
  Replacement replacement_{[this] { load_replacement(); }};  // last: it uses the rest
};

Status SealLifeCycle::start() {
  const MutexLock lock(mutex_);
  const barrier::Reader reader(parts_.barrier);
  ASSIGN_OR_RETURN(const auto migration, reader.get_plain("core/migration"));
  if (migration) return base::internal("the storage holds an unfinished migration (core/migration)");
  ASSIGN_OR_RETURN(const StoredSeal stored, read_stored_seal(reader));
  if (!stored.initialized) return {};
  ASSIGN_OR_RETURN(const Way migrating, way(stored));
  if (!sealed()) return {};
  if (migrating) {
    base::log_warn("core", "entering seal migration mode: this node waits for shares of its former seal",
                   {{"from", stored.barrier->type}, {"to", auto_seal() == nullptr ? "shamir" : std::string(auto_seal()->type())}});
    return {};
  }
  if (auto_seal() != nullptr) return open(*auto_seal());
  if (!joining_key_) return {};
  const auto wrapper = seal::shamir_wrapper(std::move(*joining_key_));
  joining_key_.reset();
  return open(*wrapper);
}

void SealLifeCycle::stop() {
  const MutexLock lock(mutex_);
  deactivate();
}

Result<bool> SealLifeCycle::initialized() const {
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  return stored.initialized;
}

// With shares the node stays sealed afterwards; an auto seal opens it at once.
Result<InitResult> SealLifeCycle::initialize(const InitRequest& request) {
  TRY(check_init_request(request, auto_seal()));
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  if (stored.initialized) return base::invalid("Vault is already initialized");
  if (cluster() != nullptr) {
    if (cluster()->formed() && !cluster()->role().leads) return base::Error(base::Code::unavailable, "this node joins a cluster and waits for its data");
    if (!cluster()->formed()) TRY(cluster()->form());
  }
  ASSIGN_OR_RETURN(InitResult result, initialize_storage(parts_, request));
  parts_.tokens.unload();
  parts_.policies.clear();
  parts_.barrier.seal();
  initialising_ = request.unfinished;
  if (auto_seal() != nullptr) TRY(open(*auto_seal()));
  return result;
}

Status SealLifeCycle::finish_initialization() {
  const MutexLock lock(mutex_);
  TRY(parts_.barrier.transact(put_finished));
  initialising_ = false;
  return {};
}

// Whoever has access to what is half made has it by no rule that anybody wanted.
Status SealLifeCycle::check_finished() const {
  if (initialising_) return {};
  ASSIGN_OR_RETURN(const bool unfinished, is_unfinished(barrier::Reader(parts_.barrier)));
  if (!unfinished) return {};
  return base::Error(base::Code::unavailable, "self-initialization failed: refusing to unseal. The requests of the configuration's initialize "
                     "blocks were not all made: see the log of that start, remove the data and start again");
}

Result<SealStatus> SealLifeCycle::seal_status() const {
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  const MutexLock lock(mutex_);
  return status_of(stored);
}

Result<SealStatus> SealLifeCycle::status_of(const StoredSeal& stored) const {
  const CoreOptions& options = parts_.options;
  SealStatus status;
  status.type = auto_seal() == nullptr ? "shamir" : std::string(auto_seal()->type());
  status.initialized = stored.initialized;
  status.sealed = sealed();
  status.recovery_seal = auto_seal() != nullptr;
  if (status.recovery_seal) status.recovery_seal_type = "shamir";
  status.version = options.version;
  status.commit_date = options.commit_date;
  status.storage_type = parts_.backend.type();
  const seal::SealConfig* config = asked_shares(stored);
  const auto joining = !stored.initialized && parts_.options.joining ? parts_.options.joining->awaits_key() : std::nullopt;
  if (joining) config = &*joining;
  if (config == nullptr) return status;
  if (stored.initialized) {
    const auto migrating = way(stored);
    status.migration = migrating.ok() && migrating->has_value();
  }
  status.threshold = config->threshold;
  status.shares = config->shares;
  status.progress = static_cast<int>(progress_.count());
  status.nonce = progress_.nonce();
  if (const auto cluster = cluster_.get(); cluster != nullptr && !status.sealed) {
    status.cluster_name = cluster->name;
    status.cluster_id = cluster->id;
  }
  return status;
}

Status check_asked(bool migrating, Core::Migrate asked) {
  if (asked == Core::Migrate::yes && !migrating) return base::invalid("can't perform a seal migration, no migration seal found");
  if (asked == Core::Migrate::no && migrating) return base::invalid("migrate option not provided and seal migration is pending");
  return {};
}

Result<SealStatus> SealLifeCycle::unseal(std::string_view share_text, Core::Migrate migrate) {
  ASSIGN_OR_RETURN(SecretBytes share, share_bytes(share_text));  // whatever the node's state
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  if (stored.initialized && !sealed()) {
    const auto pending = way(stored);
    if (migrate == Core::Migrate::yes) TRY(check_asked(pending.ok() && pending->has_value(), migrate));
    return status_of(stored);
  }
  const bool joins = parts_.options.joining && parts_.options.joining->awaits_key();
  if (!stored.initialized && !joins) return base::invalid("Vault is not initialized");
  TRY(check_share(share));
  if (!stored.initialized) {
    TRY(add_joining_share(std::move(share), migrate));
    return status_of(stored);
  }
  ASSIGN_OR_RETURN(const Way migrating, way(stored));
  TRY(check_asked(migrating.has_value(), migrate));
  if (const Status added = add_share(std::move(share), stored, migrating); !added.ok()) {
    migration_.set(nullptr);
    return added.error();
  }
  if (!migrating) return status_of(stored);
  ASSIGN_OR_RETURN(const StoredSeal now, stored_seal());
  return status_of(now);
}

// The shares of the cluster that this node joins: its answer to the challenge, and what opens the data when it has arrived.
Status SealLifeCycle::add_joining_share(SecretBytes share, Core::Migrate migrate) {
  if (migrate == Core::Migrate::yes) return base::invalid("can't perform a seal migration while joining a raft cluster");
  const auto config = parts_.options.joining->awaits_key();
  progress_.add(std::move(share));
  if (!config || progress_.count() < static_cast<size_t>(config->threshold)) return {};
  ASSIGN_OR_RETURN(SecretBytes key, progress_.combine(config->threshold));
  TRY(parts_.options.joining->complete(key.clone()));
  joining_key_ = std::move(key);
  return {};
}

// Behind an auto seal the shares are of the recovery key, which only shows that the operator may ask. While a migration is pending
// they are of the former seal, which opens the barrier once more.
Status SealLifeCycle::add_share(SecretBytes share, const StoredSeal& stored, Way migrating) {
  const seal::SealConfig* config = asked_shares(stored);
  if (config == nullptr || config->threshold < 1) return base::invalid("invalid key: this node has no unseal or recovery keys");
  progress_.add(std::move(share));
  if (progress_.count() < static_cast<size_t>(config->threshold)) return {};
  ASSIGN_OR_RETURN(SecretBytes key, progress_.combine(config->threshold));
  if (migrating) migration_.set(std::make_shared<const Migration>(Migration{key.clone()}));
  if (stored.barrier->type == "shamir") {
    if (key.size() != 32) return base::invalid("invalid key: failed to setup unseal key: crypto/aes: invalid key size " +
                                               std::to_string(key.size()));
    return open(*seal::shamir_wrapper(std::move(key)));
  }
  const seal::Wrapper& wrapper = migrating ? *parts_.options.former_seal : *auto_seal();
  TRY(check_recovery_key(key, wrapper));
  return open(wrapper);
}

Status SealLifeCycle::check_recovery_key(const SecretBytes& key, const seal::Wrapper& wrapper) const {
  const barrier::Reader reader(parts_.barrier);
  ASSIGN_OR_RETURN(const auto blob, reader.get_plain(kRecoveryKeyKey));
  if (!blob) return base::invalid("invalid key: failed to verify recovery key: no recovery key found");
  ASSIGN_OR_RETURN(const SecretBytes stored, wrapper.unwrap(*blob));
  if (base::equal_in_constant_time(stored.reveal(), key.reveal())) return {};
  return base::invalid("invalid key: failed to verify recovery key: recovery key does not match submitted values");
}

Result<SealStatus> SealLifeCycle::reset_unseal() {
  const MutexLock lock(mutex_);
  if (!sealed()) return base::invalid("vault is unsealed");
  progress_.reset();
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  return status_of(stored);
}

Status SealLifeCycle::open(const seal::Wrapper& wrapper) {
  {
    const barrier::Reader reader(parts_.barrier);
    ASSIGN_OR_RETURN(auto keyring, open_stored_keyring(reader, wrapper));
    ASSIGN_OR_RETURN(const base::Index era, read_era(reader));
    parts_.barrier.set_keyring(std::make_shared<const barrier::Keyring>(std::move(keyring)), reader.index());
    parts_.barrier.set_era(era);
  }
  if (const Status finished = check_finished(); !finished.ok()) {
    parts_.barrier.seal();
    return finished;
  }
  Status status = activate();
  if (status.ok()) {
    base::log_info("core", "unsealed", {{"seal", std::string(wrapper.type())}});
    return status;
  }
  base::log_error("core", "cannot unseal", {{"error", status.error().message()}});
  deactivate();
  return status;
}

// Reads are answered from load() on; the rest is the role's.
Status SealLifeCycle::activate() {
  TRY(join_cluster());
  TRY(load());
  progress_.reset();
  TRY(roles_.begin());
  serving_.store(true, std::memory_order_release);
  audit_.resume();
  auditing_.start();
  return {};
}

// Also seals this node's own key anew, by the keyring in force.
Status SealLifeCycle::join_cluster() {
  if (cluster() == nullptr) return {};
  return cluster()->open({[this](const std::string& clear) { return parts_.barrier.encrypt(kNodeKeyPath, clear); },
                          [this](const std::string& sealed) { return parts_.barrier.decrypt(kNodeKeyPath, sealed); }});
}

Status SealLifeCycle::load_cluster_info() {
  ASSIGN_OR_RETURN(ClusterInfo cluster, read_cluster_info(barrier::Reader(parts_.barrier)));
  cluster_.set(std::make_shared<const ClusterInfo>(std::move(cluster)));
  return {};
}

// What an active node does beside answering: makes good what restored data lacks, and runs the writers (README).
Status SealLifeCycle::take_up(base::Term reign) {
  const barrier::Reign writing(reign);
  keyring_stale_ = false;
  TRY(parts_.barrier.follow());
  if (cluster() != nullptr) TRY(cluster()->drop_unfinished_replacement());
  TRY(keeper_.check_root_key());
  TRY(migrate());
  TRY(parts_.barrier.transact([this](barrier::Transaction& all) { return complete_storage(parts_, all); }));
  TRY(load_cluster_info());
  (void)parts_.audit.reconcile();  // said in the log; what is declared otherwise than stored stops no node
  configure_autopilot();
  TRY(parts_.mounts->initialize_backends());
  parts_.revoker->start();
  keeper_.start();
  parts_.tasks.open();
  engines_.start();
  lockouts_.start();
  resume_disabling();
  return {};
}

// Where this node was unsealed for that, unless another one has done it.
Status SealLifeCycle::migrate() {
  const auto migration = migration_.get();
  if (migration == nullptr) return {};
  ASSIGN_OR_RETURN(const StoredSeal stored, stored_seal());
  ASSIGN_OR_RETURN(const Way pending, way(stored));
  if (pending) TRY(migrate_seal(parts_, *pending, migration->key));
  migration_.set(nullptr);
  return {};
}

void SealLifeCycle::configure_autopilot() {
  if (cluster() == nullptr) return;
  const auto stored = stored_autopilot(barrier::Reader(parts_.barrier));
  if (!stored.ok()) base::log_error("cluster", "autopilot goes by its defaults", {{"error", stored.error().message()}});
  cluster()->set_autopilot(effective(stored.ok() ? *stored : AutopilotSettings()));
}

void SealLifeCycle::lay_down() {
  lockouts_.stop();
  parts_.handler->failed_logins().forget_all();  // whoever is active counts
  engines_.stop();
  keeper_.stop();
  parts_.revoker->stop();
  parts_.tasks.stop();
  parts_.ceremonies.end();
}

void SealLifeCycle::keyring_changed() {
  if (roles_.active()) return;  // its own change, or one that it follows before it takes up
  keyring_stale_ = true;
  roles_.wake();
}

void SealLifeCycle::follow() {
  if (!keyring_stale_.exchange(false)) return;
  const Status followed = parts_.barrier.follow();
  if (!followed.ok() && followed.error().code() != base::Code::sealed) {  // it may be sealed meanwhile
    base::log_error("core", "the keyring of the active node cannot be followed", {{"error", followed.error().message()}});
  }
}

// Mounts whose removal an earlier process left unfinished.
void SealLifeCycle::resume_disabling() {
  const auto router = parts_.mounts->current();
  const auto& mounts = router->mounts();
  if (std::none_of(mounts.begin(), mounts.end(), [](const auto& mount) { return mount->entry.tainted; })) return;
  parts_.tasks.start("unmount", [this] {
    const Status done = parts_.mounts->resume_disabling([this](const MountEntry& entry) {
      return parts_.revoker->revoke_prefix(logical::root_namespace(), entry.route(), /*force=*/false);
    });
    if (!done.ok()) base::log_error("mounts", "a mount is not removed yet", {{"error", done.error().message()}});
  });
}

// From storage to what serves requests. The mount table comes last: a router is what makes the node answer.
Status SealLifeCycle::load() {
  parts_.policies.clear();
  parts_.audit.mark_stale();
  {
    const barrier::Reader reader(parts_.barrier);
    TRY(parts_.tokens.load(reader));
  }
  (void)load_cluster_info();  // restored data may lack it until somebody is active
  return parts_.mounts->load();
}

// Other data is there. What requests under way make of a mixture of both is asked anew (request_handler.cc), and what they would
// write the log refuses (Barrier::set_era).
void SealLifeCycle::load_replacement() {
  const MutexLock lock(mutex_);
  if (sealed()) return;
  audit_.stop();
  auditing_.stop();
  roles_.end();
  if (const Status opened = reopen(); !opened.ok()) {
    base::log_warn("core", "the data was replaced, and this node cannot open it: it is sealed, unseal it with the keys of that data",
                   {{"error", opened.error().message()}});
    if (cluster() != nullptr) cluster()->hold_key();
    return deactivate();
  }
  audit_.resume();
  auditing_.start();
  base::log_info("core", "the data was replaced; everything is loaded anew");
}

Status SealLifeCycle::reopen() {
  TRY(open_again());
  TRY(join_cluster());
  parts_.mounts->unload();
  parts_.tokens.unload();
  TRY(load());
  Status begun;
  for (int tries = 0; tries < kTakeUpTries; ++tries) {  // the leadership may be lost meanwhile, to be a standby then
    begun = roles_.begin();
    if (begun.ok() || begun.error().code() != base::Code::unavailable) break;
  }
  return begun;
}

// The root key may be the same, or stand under a key that this node has; else an auto seal opens whatever it closed.
Status SealLifeCycle::open_again() {
  const barrier::Reader reader(parts_.barrier);
  ASSIGN_OR_RETURN(const base::Index era, read_era(reader));
  if (const Status followed = parts_.barrier.follow(); !followed.ok()) {
    if (auto_seal() == nullptr) return followed;
    ASSIGN_OR_RETURN(auto keyring, open_stored_keyring(reader, *auto_seal()));
    parts_.barrier.set_keyring(std::make_shared<const barrier::Keyring>(std::move(keyring)), reader.index());
  }
  parts_.barrier.set_era(era);
  return {};
}

// Requests under way meet a sealed barrier.
void SealLifeCycle::deactivate() {
  const bool was_serving = serving_.exchange(false);
  audit_.stop();
  auditing_.stop();
  if (cluster() != nullptr) cluster()->close(kHandOver);
  keeper_.seal();  // what still runs fails soon
  roles_.end();
  parts_.mounts->unload();
  parts_.policies.clear();
  parts_.tokens.unload();
  cluster_.set(nullptr);
  migration_.set(nullptr);
  progress_.reset();
  if (was_serving) base::log_info("core", "sealed");
}

// A leader that is confirmed in its term was the only one since that term began.
Result<bool> SealLifeCycle::stands(const Sight& sight, const Result<base::Index>& confirmed) const {
  if (!confirmed.ok()) return confirmed.error();
  if (!cluster()->await_applied(*confirmed, kTakeUpWait)) return base::Error(base::Code::unavailable, "this node does not catch up with its cluster");
  const ClusterRole now = cluster()->role();
  return now.leads && sight.reign != base::Term{} && now.term == sight.reign.value && sight.applied >= *confirmed;
}

Result<bool> SealLifeCycle::confirm(const Sight& sight) {
  return cluster() == nullptr ? Result<bool>(true) : stands(sight, cluster()->confirm());
}
Result<bool> SealLifeCycle::confirm_refusal(const Sight& sight) {
  return cluster() == nullptr ? Result<bool>(true) : stands(sight, cluster()->confirm_refusal());
}

Status SealLifeCycle::step_down() {
  if (cluster() == nullptr) return {};
  ASSIGN_OR_RETURN(const auto members, cluster()->members());
  const auto voters = std::count_if(members.begin(), members.end(), [](const ClusterMember& member) { return member.votes; });
  if (voters < 2) return {};
  TRY(cluster()->hand_over());
  // Whoever is told so asks next: this node says that it is a standby, and the other one that it is active.
  roles_.await_end_of_reign(kHandOver);
  if (!roles_.active() && cluster()->await_successor(kSuccessor)) return {};
  return base::Error(base::Code::unavailable, "no other node has taken over yet");
}

Status SealLifeCycle::seal() {
  const MutexLock lock(mutex_);
  deactivate();
  return {};
}

Result<Leader> SealLifeCycle::leader() const {
  ASSIGN_OR_RETURN(const bool initialized_here, initialized());
  if (parts_.options.ha_enabled && !initialized_here) return base::Error(base::Code::sealed, "Vault is sealed");
  Leader leader;
  leader.ha_enabled = parts_.options.ha_enabled;
  if (!leader.ha_enabled || sealed()) return leader;
  if (roles_.active()) {
    leader.is_self = true;
    leader.active_since = roles_.active_since();
    leader.leader_address = parts_.options.api_address;
    leader.leader_cluster_address = parts_.options.cluster_address;
  } else if (cluster() != nullptr) {
    const MemberRecord other = cluster()->role().leader;
    leader.leader_address = other.api_address;
    leader.leader_cluster_address = other.cluster_address.empty() ? "" : "https://" + other.cluster_address;
  }
  leader.committed_index = leader.applied_index = parts_.backend.applied().value;
  return leader;
}

Result<Health> SealLifeCycle::health() const {
  Health health;
  ASSIGN_OR_RETURN(health.initialized, initialized());
  health.sealed = sealed();
  health.standby = !roles_.active();
  health.performance_mode = health.disaster_mode = "unknown";
  health.version = parts_.options.version;
  if (health.sealed) return health;
  health.performance_mode = parts_.options.ha_enabled ? "primary" : "disabled";
  health.disaster_mode = "disabled";
  if (const auto cluster = cluster_.get(); cluster != nullptr) {
    health.cluster_name = cluster->name;
    health.cluster_id = cluster->id;
  }
  return health;
}

}  // namespace

std::unique_ptr<LifeCycle> make_life_cycle(Core::Parts& parts) { return std::make_unique<SealLifeCycle>(parts); }

}  // namespace bao::core
