#include "internal/core/audit/broker.h"

#include <algorithm>

#include "internal/base/deadline.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/codec/encoding.h"
#include "internal/core/audit/device.h"
#include "internal/core/audit/table.h"
#include "internal/crypto/hash.h"

namespace bao::core::audit {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

namespace {

bool same_device(const MountEntry& a, const MountEntry& b) { return serialize_mount_entry(a) == serialize_mount_entry(b); }

Options options_of(const MountEntry& entry) { return entry.options.value_or(Options()); }

// Text that a new device is tried with, hashed by a salt that nobody keeps.
Status try_out(const MountEntry& entry, const ServerOptions& allowed) {
  ASSIGN_OR_RETURN(const auto device, Device::make(entry, crypto::random_uuid(), allowed));
  if (option(options_of(entry), "skip_test", "") == "true") return {};
  logical::Request probe;
  probe.id = crypto::random_uuid();
  probe.operation = logical::Operation::update;
  probe.path = "sys/audit/test";
  const Event event{.request = probe, .allowed = true, .forwarded_from = {}};
  const Status written = device->write(request_line(event, device->line_options(), device->salted(), {}));
  return written.ok() ? Status() : Status(base::invalid("audit backend failed test message: " + written.error().message()));
}

bool allow_the_same(const ServerOptions& a, const ServerOptions& b) {
  return a.raw == b.raw && a.api_creation == b.api_creation && a.prefixing == b.prefixing && a.file_folders == b.file_folders && a.outbound == b.outbound;
}

// One path begins with the other.
bool in_the_way(const std::vector<MountEntry>& devices, const std::string& path) {
  return std::any_of(devices.begin(), devices.end(), [&](const MountEntry& other) { return other.path.starts_with(path) || path.starts_with(other.path); });
}

Status add(storage::WriteView& all, std::vector<MountEntry>& devices, MountEntry entry) {
  entry.uuid = crypto::random_uuid();
  entry.accessor = "audit_" + entry.type + "_" + codec::to_hex(crypto::random_bytes(4));
  TRY(write_salt_where_missing(all, entry));
  devices.push_back(std::move(entry));
  return store_devices(all, devices);
}

MountEntry entry_of(const DeclaredDevice& declared) {
  MountEntry entry;
  entry.table = kDeclaredTable;
  entry.path = declared.path.ends_with('/') ? declared.path : declared.path + "/";
  entry.type = declared.type;
  entry.description = declared.description;
  entry.options = declared.options;
  entry.local = declared.local;
  return entry;
}

bool as_declared(const MountEntry& stored, const MountEntry& declared) {
  return stored.type == declared.type && stored.description == declared.description && stored.local == declared.local &&
         options_of(stored) == options_of(declared);
}

}  // namespace

struct Broker::Devices {
  std::vector<std::shared_ptr<Device>> all;
  AuditedHeaders headers;
  ServerOptions allowed;
};

Broker::~Broker() = default;

Broker::Broker(barrier::Barrier& barrier, ServerOptions options) : barrier_(barrier) {
  options_.set(std::make_shared<const ServerOptions>(std::move(options)));
}

void Broker::mark_stale() {
  stale_.fetch_add(1);
  quiet_.store(false);
}

Result<std::shared_ptr<const Broker::Devices>> Broker::current() {
  if (stale_.load() == built_.load()) return devices_.get();
  const base::MutexLock lock(mutex_);
  const uint64_t version = stale_.load();
  if (version == built_.load()) return devices_.get();
  const base::RequestDeadline none(base::RequestDeadline::never());  // it is loaded for everybody
  const auto previous = devices_.get();
  ASSIGN_OR_RETURN(auto loaded, load(previous.get()));
  devices_.set(loaded);
  built_.store(version);
  quiet_.store(loaded->all.empty());
  // Marked meanwhile: nobody may think that there is nothing.
  if (stale_.load() != version) quiet_.store(false);
  return loaded;
}

// A device whose entry did not change stays, and its file open.
Result<std::shared_ptr<const Broker::Devices>> Broker::load(const Devices* previous) const {
  auto loaded = std::make_shared<Devices>();
  loaded->allowed = *options_.get();
  const bool same_rules = previous != nullptr && allow_the_same(previous->allowed, loaded->allowed);
  const barrier::Reader all(barrier_);
  ASSIGN_OR_RETURN(const auto entries, stored_devices(all));
  ASSIGN_OR_RETURN(loaded->headers, stored_headers(all));
  for (const MountEntry& entry : entries) {
    if (same_rules) {
      const auto& kept = previous->all;
      const auto found = std::find_if(kept.begin(), kept.end(), [&](const auto& device) { return same_device(device->entry(), entry); });
      if (found != kept.end()) {
        loaded->all.push_back(*found);
        continue;
      }
    }
    ASSIGN_OR_RETURN(const auto salt, all.get(salt_key(entry)));
    // Without its salt nothing could be compared later; the active node writes one when it takes up.
    auto device = Device::make(entry, salt.value_or(crypto::random_uuid()), loaded->allowed);
    if (!device.ok()) return device.error().within("audit device " + entry.path);
    loaded->all.push_back(std::move(*device));
  }
  return std::shared_ptr<const Devices>(std::move(loaded));
}

Status Broker::log_request(const Event& event) { return silent() ? Status() : log(event, Line::request); }
Status Broker::log_response(const Event& event) { return silent() ? Status() : log(event, Line::response); }

Status Broker::log(const Event& event, Line which) {
  const auto format = which == Line::request ? request_line : response_line;
  static base::Counter& refused = base::counter("audit.unavailable");
  const auto devices = current();
  // A node that is being sealed answers so, and does nothing.
  if (!devices.ok() && devices.error().code() == Code::sealed) return {};
  bool taken = false;
  if (devices.ok()) {
    for (const auto& device : (*devices)->all) {
      const std::string line = format(event, device->line_options(), device->salted(), (*devices)->headers);
      taken = device->write(line).ok() || taken;
    }
    taken = taken || (*devices)->all.empty();
  } else {
    base::log_error("audit", "the audit devices cannot be loaded", {{"error", devices.error().message()}});
  }
  if (taken) return {};
  refused.add();
  return Error(Code::unavailable, "no audit device has taken the record of this request");
}

Status Broker::enable(storage::WriteView& all, MountEntry entry) const {
  const auto allowed = options_.get();
  if (!allowed->api_creation) {
    return base::invalid("cannot enable audit device via API; use declarative, config-based audit device management instead");
  }
  if (entry.options && entry.options->contains("prefix") && !allowed->prefixing) return base::invalid("audit log prefixing is not allowed");
  if (entry.path == "/") return base::invalid("backend path must be specified");
  entry.table = kApiTable;
  ASSIGN_OR_RETURN(auto devices, stored_devices(all));
  if (in_the_way(devices, entry.path)) return base::invalid("path already in use");
  TRY(try_out(entry, *allowed));
  return add(all, devices, std::move(entry));
}

Status Broker::disable(storage::WriteView& all, const std::string& path) const {
  if (path == "/") return base::invalid("audit device path must be specified");
  ASSIGN_OR_RETURN(auto devices, stored_devices(all));
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const MountEntry& entry) { return entry.path == path; });
  if (found == devices.end()) return {};
  if (found->table == kDeclaredTable) return base::invalid("cannot disable configuration-managed audit device");
  TRY(all.remove(salt_key(*found)));
  devices.erase(found);
  return store_devices(all, devices);
}

Result<std::string> Broker::hash(const storage::ReadView& all, const std::string& path, std::string_view text) const {
  ASSIGN_OR_RETURN(const auto devices, stored_devices(all));
  for (const MountEntry& entry : devices) {
    if (entry.path != path) continue;
    ASSIGN_OR_RETURN(const auto salt, all.get(salt_key(entry)));
    if (salt) return Salted(*salt).hash(text);
  }
  return base::invalid("unknown audit backend \"" + path + "\"");
}

Status Broker::reconcile() {
  const auto options = options_.get();
  const auto done = barrier_.transact([&](barrier::Transaction& all) { return reconcile(all, *options); });
  if (done.ok()) return {};
  base::log_error("audit", "the declared audit devices are not set up", {{"error", done.error().message()}});
  return done.error();
}

Status Broker::reconcile(storage::WriteView& all, const ServerOptions& options) const {
  ASSIGN_OR_RETURN(auto devices, stored_devices(all));
  for (const MountEntry& entry : devices) TRY(write_salt_where_missing(all, entry));
  std::vector<std::string> declared_paths;
  for (const DeclaredDevice& declared : options.declared) declared_paths.push_back(entry_of(declared).path);
  const size_t removed = std::erase_if(devices, [&](const MountEntry& entry) {
    return entry.table == kDeclaredTable && std::find(declared_paths.begin(), declared_paths.end(), entry.path) == declared_paths.end();
  });
  if (removed > 0) TRY(store_devices(all, devices));
  for (const DeclaredDevice& declared : options.declared) {
    MountEntry entry = entry_of(declared);
    const auto same = std::find_if(devices.begin(), devices.end(), [&](const MountEntry& other) { return other.path == entry.path; });
    if (same != devices.end()) {
      if (!as_declared(*same, entry)) {
        base::log_error("audit", "an audit device is declared otherwise than it is: it stays as it is, modifications are not allowed", {{"path", entry.path}});
      }
      continue;
    }
    if (in_the_way(devices, entry.path)) {
      base::log_error("audit", "a declared audit device is in the way of another one", {{"path", entry.path}});
      continue;
    }
    // It need not work yet: requests are refused until one does.
    if (const auto possible = Device::make(entry, "", options); !possible.ok()) {
      base::log_error("audit", "a declared audit device cannot be made", {{"path", entry.path}, {"error", possible.error().message()}});
      continue;
    }
    TRY(add(all, devices, std::move(entry)));
  }
  return {};
}

void Broker::reload(ServerOptions options, bool active) {
  options_.set(std::make_shared<const ServerOptions>(std::move(options)));
  if (const auto devices = devices_.get(); devices != nullptr) {
    for (const auto& device : devices->all) device->reopen();
  }
  mark_stale();
  if (active) (void)reconcile();  // said in the log
}

}  // namespace bao::core::audit
