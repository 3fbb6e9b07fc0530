// Enabling, tuning and disabling: what writes mount entries (openbao-api.md 2.3).
#include <algorithm>

#include "internal/base/deadline.h"
#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/core/mounts/mount_table.h"
#include "internal/crypto/hash.h"

namespace bao::core {

using base::Result;
using base::Status;

namespace {

constexpr size_t kRemovedKeysPerTransaction = 256;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool is_singleton(std::string_view type) {
  for (const std::string_view kind : {"cubbyhole", "system", "token", "identity"}) {
    if (type == kind || type == "ns_" + std::string(kind)) return true;
  }
  return false;
}

// Where no secrets engine may be mounted or unmounted.
bool is_protected(std::string_view path) {
  for (const std::string_view prefix : {"audit/", "auth/", "sys/", "cubbyhole/", "identity/"}) {
    if (path.starts_with(prefix)) return true;
  }
  return false;
}

MountEntry builtin(std::string_view table, std::string_view path, std::string_view type, std::string_view description) {
  MountEntry entry;
  entry.table = table;
  entry.path = path;
  entry.type = type;
  entry.description = description;
  return entry;
}

std::string with_slash(std::string_view path) {
  std::string out(path);
  if (!out.empty() && out.back() != '/') out += '/';
  return out;
}

}  // namespace

void MountTable::complete(MountEntry& entry) const {
  if (entry.uuid.empty()) entry.uuid = crypto::random_uuid();
  if (entry.backend_aware_uuid.empty()) entry.backend_aware_uuid = crypto::random_uuid();
  if (entry.accessor.empty()) {
    entry.accessor = (entry.table == "auth" ? "auth_" : "") + entry.type + "_" + codec::to_hex(crypto::random_bytes(4));
  }
  if (entry.running_plugin_version.empty() && !entry.entry_is_token()) {
    entry.running_plugin_version = entry.plugin_version.empty() ? plugin_version_ : entry.plugin_version;
  }
}

Status MountTable::write_builtin(storage::WriteView& all, MountEntry entry) const {
  ASSIGN_OR_RETURN(const auto stored, stored_mounts(all, entry.table));
  const bool there = std::any_of(stored.begin(), stored.end(),
                                 [&](const MountEntry& item) { return item.type == entry.type; });
  if (there) return {};
  complete(entry);
  TRY(all.put(entry.storage_key(), serialize_mount_entry(entry)));
  if (entry.entry_is_core()) return {};
  ASSIGN_OR_RETURN(const auto backend, make_backend(entry));
  storage::PrefixWriteView view(all, entry.view_prefix());
  return backend->initialize(view);
}

Status MountTable::initialize(storage::WriteView& all) {
  MountEntry cubbyhole = builtin("mounts", "cubbyhole/", "cubbyhole", "per-token private secret storage");
  cubbyhole.local = true;
  TRY(write_builtin(all, std::move(cubbyhole)));
  MountEntry system = builtin("mounts", "sys/", "system", "system endpoints used for control, policy and debugging");
  system.seal_wrap = true;
  system.config.passthrough_request_headers = {"Accept"};
  TRY(write_builtin(all, std::move(system)));
  MountEntry identity = builtin("mounts", "identity/", "identity", "identity store");
  identity.config.passthrough_request_headers = {"Authorization"};
  TRY(write_builtin(all, std::move(identity)));
  return write_builtin(all, builtin("auth", "token/", "token", "token based credentials"));
}

// Reads every entry through the transaction, so that two who enable overlapping paths at once conflict.
Status MountTable::check_new(const storage::ReadView& all, const MountEntry& entry) const {
  if (entry.path == "/" || entry.path.empty()) return base::invalid("backend path must be specified");
  if (entry.table == "mounts" && is_protected(entry.path)) return base::invalid("cannot mount " + quoted(entry.path));
  const bool is_token = entry.type == "token" || entry.type == "ns_token";
  if (entry.table == "auth" && is_token) return base::invalid("token credential backend cannot be instantiated");
  if (is_singleton(entry.type)) return base::invalid("mount type of " + quoted(entry.type) + " is not mountable");
  ASSIGN_OR_RETURN(const auto stored, stored_mounts(all, entry.table));
  for (const MountEntry& other : stored) {
    const std::string& path = other.path;
    if (path.starts_with(entry.path) || entry.path.starts_with(path)) {
      return base::invalid("path is already in use at " + path);
    }
  }
  const std::string& type = entry.type == "plugin" ? entry.config.plugin_name : entry.type;
  if (!knows_type(entry.table, type)) return base::invalid("plugin not found in the catalog: " + type);
  return {};
}

Result<MountEntry> MountTable::enable(storage::WriteView& all, MountEntry entry) {
  entry.path = with_slash(entry.path);
  TRY(check_new(all, entry));
  complete(entry);
  ASSIGN_OR_RETURN(const auto backend, make_backend(entry));
  TRY(all.put(entry.storage_key(), serialize_mount_entry(entry)));
  storage::PrefixWriteView view(all, entry.view_prefix());
  TRY(backend->initialize(view));
  return entry;
}

Result<MountEntry> MountTable::find(const storage::ReadView& all, std::string_view table, std::string_view path) const {
  const std::string wanted = with_slash(path);
  ASSIGN_OR_RETURN(auto stored, stored_mounts(all, table));
  for (MountEntry& entry : stored) {
    if (entry.path == wanted) return std::move(entry);
  }
  return base::Error(base::Code::absent, "no mount entry found");
}

Status MountTable::store(storage::WriteView& all, const MountEntry& entry) {
  return all.put(entry.storage_key(), serialize_mount_entry(entry));
}

Status MountTable::disable(std::string_view table, std::string_view path, const RevokeLeases& revoke_leases) {
  const std::string wanted = with_slash(path);
  if (table == "auth" && wanted == "token/") return base::invalid("token credential backend cannot be disabled");
  if (table == "mounts" && is_protected(wanted)) return base::invalid("cannot unmount " + quoted(wanted));
  const base::RequestDeadline none(base::RequestDeadline::never());  // what is tainted is to be removed
  MountEntry entry;
  const auto tainted = barrier_.transact([&](barrier::Transaction& transaction) -> Status {
    ASSIGN_OR_RETURN(entry, find(transaction, table, wanted));
    if (entry.tainted) return {};
    entry.tainted = true;
    return store(transaction, entry);
  });
  if (!tainted.ok()) return tainted.error().code() == base::Code::absent ? Status() : Status(tainted.error());
  TRY(revoke_leases(entry));
  return remove_data(entry);
}

Status MountTable::resume_disabling(const RevokeLeases& revoke_leases) {
  const auto table = router();
  if (table == nullptr) return {};
  for (const auto& mount : table->mounts()) {
    if (!mount->entry.tainted || is_singleton(mount->entry.type)) continue;
    base::log_info("mounts", "going on with removing a mount", {{"path", mount->mount_point}});
    TRY(revoke_leases(mount->entry));
    TRY(remove_data(mount->entry));
  }
  return {};
}

// The data in bounded steps, the entry last: who finds a tainted entry goes on.
Status MountTable::remove_data(const MountEntry& entry) {
  ENSURE(!is_singleton(entry.type), "only what can be mounted is removed");
  const std::string prefix = entry.data_prefix();
  std::vector<std::string> keys;
  {
    const barrier::Reader reader(barrier_);
    ASSIGN_OR_RETURN(keys, storage::leaves_below(reader, prefix));
  }
  for (size_t begin = 0; begin < keys.size(); begin += kRemovedKeysPerTransaction) {
    const size_t end = std::min(begin + kRemovedKeysPerTransaction, keys.size());
    const auto removed = barrier_.transact([&](barrier::Transaction& transaction) -> Status {
      for (size_t i = begin; i < end; ++i) TRY(transaction.remove(keys[i]));
      return {};
    });
    if (!removed.ok()) return removed.error();
  }
  TRY(barrier_.transact([&](barrier::Transaction& transaction) { return transaction.remove(entry.storage_key()); }));
  base::log_info("mounts", "removed a mount", {{"path", entry.route()}, {"type", entry.type}});
  return {};
}

}  // namespace bao::core
