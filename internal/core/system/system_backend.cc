#include "internal/core/system/system_backend.h"

#include <iterator>
#include <utility>

#include "internal/core/system/key_paths.h"
#include "internal/core/system/locked_users.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/pprof.h"
#include "internal/core/system/raft.h"

namespace bao::core {
namespace {

void append(sys::Paths& to, sys::Paths group) {
  to.insert(to.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
}

class SystemBackend final : public logical::Backend {
 public:
  explicit SystemBackend(Core::Parts& parts) {
    sys::Paths paths;
    append(paths, sys::tune_paths(parts));
    append(paths, sys::mount_paths(parts));
    append(paths, sys::remount_paths(parts));
    append(paths, sys::policy_paths(parts));
    append(paths, sys::password_policy_paths());
    append(paths, sys::capability_paths(parts));
    append(paths, sys::decision_paths(parts));
    append(paths, sys::lease_paths(parts));
    append(paths, sys::locked_user_paths(parts));
    append(paths, sys::mfa_paths(parts));
    append(paths, sys::wrapping_paths(parts));
    append(paths, sys::tool_paths());
    append(paths, sys::interface_paths(parts));
    append(paths, sys::inspection_paths(parts));
    append(paths, sys::specification_paths(parts));
    append(paths, sys::seal_paths(parts));
    append(paths, sys::generate_root_paths(parts));
    append(paths, sys::rotate_root_paths(parts));
    append(paths, sys::rekey_paths(parts));
    append(paths, sys::configuration_paths(parts));
    append(paths, sys::cross_origin_paths());
    append(paths, sys::ui_header_paths());
    append(paths, sys::rate_limit_paths(parts));
    append(paths, sys::audit_paths(parts));
    append(paths, sys::observation_paths(parts));
    append(paths, sys::in_flight_paths(parts));
    append(paths, sys::metrics_paths(parts));
    append(paths, sys::node_paths(parts));
    append(paths, sys::logger_paths());
    append(paths, sys::monitor_paths());
    append(paths, sys::pprof_paths());
    if (parts.options.raw_storage_endpoint || parts.options.development) append(paths, sys::raw_paths());
    append(paths, sys::plugin_paths(parts));
    append(paths, sys::raft_paths(parts));
    append(paths, sys::unavailable_paths());
    set_paths(std::move(paths));
  }
  std::string help() const override {
    return "The system backend is built-in and cannot be remounted or unmounted. It contains the paths that are used to "
           "configure and inspect the node itself.";
  }
};

}  // namespace

logical::BackendFactory system_backend(Core::Parts& parts) {
  return [&parts](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<SystemBackend>(parts));
  };
}

}  // namespace bao::core
