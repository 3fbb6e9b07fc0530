// sys/mounts and sys/auth: the tables, one mount, enabling and disabling (openbao-api.md 2.3).
#include <utility>

#include "internal/core/mounts/plugin_version.h"
#include "internal/core/quota/rate_limit_rule.h"
#include "internal/core/revoker.h"
#include "internal/core/system/mount_description.h"
#include "internal/core/system/mount_request.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using logical::Access;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

// One of the two tables as its paths need it.
struct Table {
  std::string name;     // "mounts", "auth": of the table, of the path below sys/, and of the entries
  std::string absent;   // "No secret engine mount at "
  Access access;        // of the paths below the table's own
};

Reply list_table(Core::Parts& parts, const std::string& table) {
  codec::Json data = codec::Json::object();
  for (const auto& mount : parts.mounts->router()->mounts()) {
    if (mount->entry.table != table) continue;
    data.set(mount->entry.path, describe_mount(mount->entry, parts.options.version));
  }
  return spread(std::move(data));
}

Reply read_mount(Core::Parts& parts, const Table& table, const Call& call) {
  const std::string path = mount_path_of(call.fields.string("path"));
  const auto router = parts.mounts->router();
  const auto* mount = router->find(table.name == "auth" ? "auth/" + path : path);
  // A path below a secret engine names that engine; an auth method is named exactly.
  const bool found = mount != nullptr && (table.name != "auth" || (*mount)->entry.route() == "auth/" + path);
  if (!found) return base::invalid(table.absent + path);
  return spread(describe_mount((*mount)->entry, parts.options.version));
}

Reply enable(Core::Parts& parts, const std::string& table, const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(MountEntry entry, read_mount_request(table, mount_path_of(call.fields.string("path")), call.fields,
                                                        parts.mounts->defaults(), builtin_version(parts.options.version)));
  TRY(parts.mounts->enable(all, std::move(entry)));
  return Response::none();
}

Reply disable(Core::Parts& parts, const std::string& table, const Call& call) {
  const logical::Namespace& ns = *call.request.ns;
  std::string route;
  TRY(parts.mounts->disable(table, mount_path_of(call.fields.string("path")), [&](const MountEntry& entry) {
    route = entry.route();
    return parts.revoker->revoke_prefix(ns, route, /*force=*/false);
  }));
  if (!route.empty()) TRY(parts.barrier.transact([&](barrier::Transaction& all) { return remove_rate_limits(all, route); }));
  return Response::none();
}

Path table_path(Core::Parts& parts, const Table& table) {
  Path path;
  path.pattern = table.name;
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts, name = table.name](const Call&, const storage::ReadView&) {
                      return list_table(parts, name);
                    }},
                    .summary = "List the currently mounted backends."}};
  path.synopsis = "List the currently mounted backends.";
  path.description = "This path responds to GET and lists the mounted backends by their path.";
  return path;
}

Path entry_path(Core::Parts& parts, const Table& table) {
  Path path;
  path.pattern = table.name + "/{path:any}";
  path.fields = enable_fields();
  path.access = table.access;
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[&parts, table](const Call& call, const storage::ReadView&) { return read_mount(parts, table, call); }},
       .summary = "Read the configuration of the mount at the given path."},
      {.operation = Operation::update,
       .effect = Writes{[&parts, name = table.name](const Call& call, storage::WriteView& all) {
         return enable(parts, name, call, all);
       }},
       .summary = "Enable a new backend at the given path."},
      {.operation = Operation::remove,
       .effect = Manages{[&parts, name = table.name](const Call& call) { return disable(parts, name, call); }},
       .summary = "Disable the mount point specified at the given path."},
  };
  path.synopsis = "Mount a new backend at a new path.";
  path.description = "Mounts a backend at a path that nothing uses yet, or unmounts one. Unmounting revokes its leases and "
                     "removes its data.";
  return path;
}

}  // namespace

Paths mount_paths(Core::Parts& parts) {
  const Table secrets{"mounts", "No secret engine mount at ", Access::token};
  const Table auth{"auth", "No auth engine at ", Access::sudo};
  Paths paths;
  for (const Table& table : {secrets, auth}) {
    paths.push_back(entry_path(parts, table));
    paths.push_back(table_path(parts, table));
  }
  return paths;
}

}  // namespace bao::core::sys
