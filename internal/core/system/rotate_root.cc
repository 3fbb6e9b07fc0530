// sys/rotate/root and rotate/recovery: the key behind the shares changes, by the shares of the present one and a token (openbao-api.md 2.2).
#include <iterator>
#include <utility>

#include "internal/core/system/key_paths.h"
#include "internal/core/system/new_keys.h"

namespace bao::core::sys {

using logical::Access;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reply;

namespace {

// The older API wrote its backups where this one finds them.
void add_ceremony(Core::Parts& parts, Target target, const std::string& folder, std::string_view backup, Paths& paths) {
  paths.push_back(backup_path(parts, folder + "backup", backup));
  Paths ceremony = ceremony_paths(parts, rotate_api(target), folder, Access::token, [](Reply reply) { return reply; });
  paths.insert(paths.end(), std::make_move_iterator(ceremony.begin()), std::make_move_iterator(ceremony.end()));
}

// A new root key under the same unseal key, without shares.
Path renewal_path(Core::Parts& parts) {
  Path path;
  path.pattern = "rotate/root";
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts](const Call&) -> Reply {
                      TRY(renew_root_key(parts));
                      return logical::Response::none();
                    }},
                    .summary = "Rotate the root key."}};
  path.synopsis = "Rotate the root key without shares.";
  path.access = Access::sudo;
  return path;
}

}  // namespace

Paths rotate_root_paths(Core::Parts& parts) {
  Paths paths;
  add_ceremony(parts, Target::root, "rotate/root/", kUnsealKeysBackup, paths);
  add_ceremony(parts, Target::recovery, "rotate/recovery/", kRecoveryKeysBackup, paths);
  paths.push_back(renewal_path(parts));
  return paths;
}

}  // namespace bao::core::sys
