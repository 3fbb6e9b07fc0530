// One mounted engine, auth method or core backend. Made when mounted, destroyed when unmounted or replaced; its paths
// don't change in between. Thread-safe: many requests run at once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/logical/path.h"
#include "internal/storage/view.h"

namespace bao::logical {

// What a factory learns about the mount.
struct BackendConfig {
  std::string mount_point;         // "secret/"
  std::string type;                // "kv"
  std::string uuid, accessor, backend_aware_uuid;
  std::map<std::string, std::string> options;  // {"version":"2"}
  base::Duration default_lease_ttl{0}, max_lease_ttl{0};  // effective
  const base::Clock* clock = nullptr;
};

class Backend {
 public:
  virtual ~Backend() = default;
  const PathTable& paths() const { return paths_; }

  // Creates what reads rely on (salts, keys), when mounted and when this node becomes active (D8). Runs in a transaction
  // that may be repeated. The view is the mount's.
  virtual base::Status initialize(storage::WriteView&) { return {}; }
  // Moves data of an older layout of the mount (KV v1 to v2) in steps that fit a transaction: the core calls it after
  // initialize, each time in a transaction of its own that may be repeated, until it returns true.
  virtual base::Result<bool> upgrade_step(storage::WriteView&) { return true; }
  // What is to be done by and by: the core calls it on the active node every 100 ms, one mount after the other on one thread.
  // Most calls find nothing to do and touch no storage; others do a small part and return soon, because laying down waits for
  // them. `transact` runs a body in a transaction of the mount's view, again from its start after a conflict.
  using Transact = std::function<base::Status(const std::function<base::Status(storage::WriteView&)>& body)>;
  virtual base::Status work(base::Time /*now*/, const Transact&) { return {}; }
  // A key of the mount (relative) was changed by a batch that is applied at `index`: drop what was cached of it. Called
  // by the applier: quick, no I/O, no waiting.
  virtual void invalidate(std::string_view /*key*/, base::Index /*index*/) {}
  // Leases of this mount (Response::lease), by internal_data.secret_type. The default refuses.
  virtual Reply renew(const Call&, storage::WriteView&) { return unsupported_operation(); }
  virtual Reply revoke(const Call&, storage::WriteView&) { return unsupported_operation(); }
  // Unmatched paths: KV v2 answers with advice. The default: 404 "unsupported path".
  virtual Reply unmatched(const Call&) const { return unsupported_path(); }
  // Shown by path-help of the mount itself.
  virtual std::string help() const { return ""; }

 protected:
  void set_paths(std::vector<Path> paths) { paths_ = PathTable(std::move(paths)); }

 private:
  PathTable paths_;
};

using BackendFactory = std::function<base::Result<std::unique_ptr<Backend>>(const BackendConfig&)>;

}  // namespace bao::logical
