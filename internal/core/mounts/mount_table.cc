// Loading the table into a router. What changes entries is in mount_change.cc.
#include "internal/core/mounts/mount_table.h"

#include "internal/base/deadline.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::core {

using base::MutexLock;
using base::Result;
using base::Status;

namespace {

std::string_view engine_type(std::string_view type) { return type == "generic" ? "kv" : type; }

Status read_folder(const storage::ReadView& all, const std::string& folder, std::vector<MountEntry>& out) {
  ASSIGN_OR_RETURN(const auto names, all.list(folder, "", -1));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto stored, all.get(folder + name));
    if (!stored) continue;
    auto entry = parse_mount_entry(*stored);
    if (!entry.ok()) return entry.error().within(folder + name);
    if (!entry->uuid.empty() && entry->uuid != name) return base::corrupt(folder + name + ": the entry names another uuid");
    if (entry->namespace_id != "root") continue;
    entry->uuid = name;
    out.push_back(std::move(*entry));
  }
  return {};
}

// Nothing is wrong with the engine: this node is sealed, leads no more, or cannot write at the moment.
bool is_for_later(base::Code code) {
  return code == base::Code::sealed || code == base::Code::unavailable || code == base::Code::uncertain || code == base::Code::needs_active;
}

bool same_engine(const logical::BackendConfig& a, const logical::BackendConfig& b) {
  return a.mount_point == b.mount_point && a.type == b.type && a.uuid == b.uuid && a.accessor == b.accessor &&
         a.backend_aware_uuid == b.backend_aware_uuid && a.options == b.options &&
         a.default_lease_ttl == b.default_lease_ttl && a.max_lease_ttl == b.max_lease_ttl;
}

}  // namespace

Result<std::vector<MountEntry>> stored_mounts(const storage::ReadView& all, std::string_view table) {
  std::vector<MountEntry> out;
  TRY(read_folder(all, "core/" + std::string(table) + "/", out));
  TRY(read_folder(all, "core/local-" + std::string(table) + "/", out));
  return out;
}

MountTable::MountTable(barrier::Barrier& barrier, Factories secret_types, Factories auth_types, MountDefaults defaults,
                       const base::Clock& clock, std::string plugin_version)
    : barrier_(barrier), secret_types_(std::move(secret_types)), auth_types_(std::move(auth_types)), defaults_(defaults),
      clock_(clock), plugin_version_(std::move(plugin_version)) {}

Status MountTable::load() {
  const MutexLock lock(mutex_);
  loaded_ = true;
  Status status = reload();
  if (!status.ok()) loaded_ = false;
  return status;
}

void MountTable::unload() {
  const MutexLock lock(mutex_);
  loaded_ = false;
  new_.clear();
  has_new_.store(false, std::memory_order_release);
  router_.set(nullptr);
}

void MountTable::mark_stale(base::Index) { stale_.fetch_add(1, std::memory_order_release); }

void MountTable::mark_replaced(base::Index index) {
  engines_stale_.store(true, std::memory_order_release);
  mark_stale(index);
}

std::shared_ptr<const Router> MountTable::router() const {
  if (stale_.load(std::memory_order_acquire) != built_.load(std::memory_order_acquire)) {
    const MutexLock lock(mutex_);
    if (loaded_ && stale_.load(std::memory_order_acquire) != built_.load(std::memory_order_acquire)) {
      const base::RequestDeadline none(base::RequestDeadline::never());  // it is loaded for everybody
      static base::Counter& failures = base::counter("core.mounts.load_failures");
      // The old table stays in force, and the next request tries again.
      if (const Status status = reload(); !status.ok() && status.error().code() != base::Code::sealed) {
        failures.add();
        base::log_error("mounts", "the mount table cannot be loaded", {{"error", status.error().message()}});
      }
    }
  }
  return router_.get();
}

Status MountTable::reload() const {
  const uint64_t version = stale_.load(std::memory_order_acquire);
  const bool anew = engines_stale_.exchange(false);
  auto router = build(anew ? nullptr : router_.get());
  if (!router.ok()) {
    if (anew) engines_stale_ = true;
    return router.error();
  }
  // A standby initialises nothing: what came and went again meanwhile is not to be initialised by it later.
  std::erase_if(new_, [&](const auto& made) {
    const Mount* now = (*router)->by_uuid(made->entry.uuid);
    return now == nullptr || now->backend != made->backend;
  });
  router_.set(std::move(*router));
  built_.store(version, std::memory_order_release);
  return {};
}

Result<std::shared_ptr<const Router>> MountTable::build(const std::shared_ptr<const Router>& previous) const {
  const barrier::Reader reader(barrier_);
  std::vector<std::shared_ptr<const Mount>> mounts;
  for (const std::string_view table : {"mounts", "auth"}) {
    ASSIGN_OR_RETURN(auto entries, stored_mounts(reader, table));
    for (MountEntry& entry : entries) mounts.push_back(mount(std::move(entry), previous.get()));
  }
  return std::shared_ptr<const Router>(std::make_shared<Router>(std::move(mounts)));
}

// An entry that didn't change stays as it is; where only its settings did, the engine stays.
std::shared_ptr<const Mount> MountTable::mount(MountEntry entry, const Router* previous) const {
  const Mount* before = previous == nullptr ? nullptr : previous->by_uuid(entry.uuid);
  auto made = std::make_shared<Mount>();
  const logical::BackendConfig config = config_of(entry);
  if (before != nullptr && same_engine(config, config_of(before->entry))) {
    made->backend = before->backend;
  } else {
    auto backend = make_backend(entry);
    if (!backend.ok()) {
      base::log_error("mounts", "an engine cannot be made", {{"path", entry.route()}, {"error", backend.error().message()}});
      backend = unavailable_backend(base::Code::internal, "the engine of " + entry.route() + " cannot be made");
    }
    made->backend = std::move(*backend);
  }
  made->data_prefix = entry.data_prefix();
  made->view_prefix = entry.view_prefix();
  made->default_lease_ttl = config.default_lease_ttl;
  made->max_lease_ttl = config.max_lease_ttl;
  made->mount_point = config.mount_point;
  made->core_backend = entry.entry_is_core();
  made->entry = std::move(entry);
  if (before == nullptr || before->backend != made->backend) {
    new_.push_back(made);
    has_new_.store(true, std::memory_order_release);
  }
  return made;
}

logical::BackendConfig MountTable::config_of(const MountEntry& entry) const {
  logical::BackendConfig config;
  config.mount_point = entry.route();
  config.type = entry.type;
  config.uuid = entry.uuid;
  config.accessor = entry.accessor;
  config.backend_aware_uuid = entry.backend_aware_uuid;
  if (entry.options) config.options = *entry.options;
  const MountConfig& own = entry.config;
  config.default_lease_ttl = own.default_lease_ttl.count() != 0 ? own.default_lease_ttl : defaults_.default_lease_ttl;
  config.max_lease_ttl = own.max_lease_ttl.count() != 0 ? own.max_lease_ttl : defaults_.max_lease_ttl;
  config.clock = &clock_;
  return config;
}

bool MountTable::knows_type(std::string_view table, std::string_view type) const {
  const Factories& factories = table == "auth" ? auth_types_ : secret_types_;
  return factories.contains(std::string(engine_type(type)));
}

Result<std::unique_ptr<logical::Backend>> MountTable::make_backend(const MountEntry& entry) const {
  const Factories& factories = entry.table == "auth" ? auth_types_ : secret_types_;
  const std::string type(engine_type(entry.type == "plugin" ? entry.config.plugin_name : entry.type));
  if (const auto found = factories.find(type); found != factories.end()) return found->second(config_of(entry));
  return unavailable_backend(base::Code::absent, "no engine of type \"" + entry.type +
                                                     "\" is available in this server; the data of " + entry.route() +
                                                     " is kept");
}

Status MountTable::initialize_backends() {
  router();  // a change that was just applied is loaded here
  auto mounts = take_new();
  for (auto next = mounts.begin(); next != mounts.end(); ++next) {
    const auto& mount = *next;
    if (mount->entry.tainted) continue;
    const Status done = initialize_backend(*mount);
    if (done.ok()) {
      base::log_debug("mounts", "an engine is ready", {{"path", mount->mount_point}, {"type", mount->entry.type}});
      continue;
    }
    if (is_for_later(done.error().code())) {
      keep_new({next, mounts.end()});
      return done.error();
    }
    base::log_error("mounts", "an engine cannot be initialised",
                    {{"path", mount->mount_point}, {"error", done.error().message()}});
  }
  return {};
}

void MountTable::initialize_new_backends() {
  router();
  if (!has_new_.load(std::memory_order_acquire)) return;
  const Status done = initialize_backends();
  if (!done.ok()) base::log_warn("mounts", "new engines are not initialised", {{"error", done.error().message()}});
}

void MountTable::keep_new(std::vector<std::shared_ptr<const Mount>> mounts) {
  const MutexLock lock(mutex_);
  if (!loaded_) return;
  new_.insert(new_.end(), mounts.begin(), mounts.end());
  has_new_.store(true, std::memory_order_release);
}

std::vector<std::shared_ptr<const Mount>> MountTable::take_new() {
  const MutexLock lock(mutex_);
  has_new_.store(false, std::memory_order_release);
  return std::exchange(new_, {});
}

// In the transaction that depends on it: whoever removes the mount meanwhile conflicts with it.
Result<bool> is_there(const storage::ReadView& all, const Mount& mount) {
  ASSIGN_OR_RETURN(const auto stored, all.get(mount.entry.storage_key()));
  if (!stored) return false;
  ASSIGN_OR_RETURN(const MountEntry entry, parse_mount_entry(*stored));
  return !entry.tainted;
}

Status MountTable::initialize_backend(const Mount& mount) {
  TRY(in_transaction(mount, [&mount](storage::WriteView& view) { return mount.backend->initialize(view); }));
  return upgrade_backend(mount);
}

// Moves data of an older layout, as many transactions as it takes.
Status MountTable::upgrade_backend(const Mount& mount) {
  for (bool done = false; !done;) {
    done = true;  // where the mount is gone
    TRY(in_transaction(mount, [&](storage::WriteView& view) -> Status {
      ASSIGN_OR_RETURN(done, mount.backend->upgrade_step(view));
      return {};
    }));
  }
  return {};
}

// The body doesn't run when the mount is gone, which is no error.
Status MountTable::in_transaction(const Mount& mount, const std::function<Status(storage::WriteView&)>& body) {
  const auto done = barrier_.transact([&](barrier::Transaction& transaction) -> Status {
    ASSIGN_OR_RETURN(const bool there, is_there(transaction, mount));
    if (!there) return {};
    storage::PrefixWriteView view(transaction, mount.view_prefix);
    return body(view);
  });
  return done.ok() ? Status() : Status(done.error());
}

void MountTable::work() {
  const auto held = router();
  if (held == nullptr) return;
  for (const auto& mount : held->mounts()) {
    if (mount->core_backend || !mount->backend) continue;
    const Status done = mount->backend->work(clock_.now(), [&](const auto& body) { return in_transaction(*mount, body); });
    if (!done.ok()) base::log_error("core", "an engine's work failed", {{"path", mount->entry.path}, {"error", done.error().message()}});
  }
}

}  // namespace bao::core
