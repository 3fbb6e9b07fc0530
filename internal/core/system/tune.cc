// sys/mounts/:path/tune and sys/auth/:path/tune (openbao-api.md 2.3).
#include <charconv>
#include <utility>

#include "internal/core/mounts/plugin_version.h"
#include "internal/core/system/mount_description.h"
#include "internal/core/system/mount_request.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using logical::Access;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

// Mounts of the core: only what audit devices hash may be changed there.
bool is_untunable(std::string_view route) {
  for (std::string_view prefix : {"cubbyhole/", "sys/", "audit/", "identity/"}) {
    if (route.starts_with(prefix)) return true;
  }
  return false;
}

// "auth/userpass/" or "secret/", from either group of paths (mounts/auth/x/tune is the same as auth/x/tune).
std::string route_of(std::string_view prefix, const Call& call) {
  return mount_path_of(std::string(prefix) + call.fields.string("path"));
}

const Mount* mount_at(const Router& router, std::string_view route) {
  const auto* found = router.find(route);
  return found == nullptr ? nullptr : found->get();
}

Reply read_tuning(Core::Parts& parts, std::string_view prefix, const Call& call) {
  const std::string route = route_of(prefix, call);
  const auto router = parts.mounts->router();
  const Mount* mount = mount_at(*router, route);
  if (mount == nullptr) return base::invalid("cannot fetch sysview for path \"" + route + "\"");
  return spread(describe_tuning(*mount));
}

base::Status check_untunable(const Call& call, std::string_view route) {
  for (const logical::Field& field : tune_fields()) {
    if (field.name == "path" || field.name.starts_with("audit_non_hmac_")) continue;
    if (call.request.data.find(field.name) == nullptr) continue;
    return base::invalid("cannot tune parameter " + field.name + " of " + std::string(route));
  }
  return {};
}

base::Result<int64_t> version_number(std::string_view text, std::string_view whose) {
  if (text.empty()) return 0;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return base::invalid("unable to parse " + std::string(whose) + ": strconv.ParseInt: parsing \"" + std::string(text) +
                       "\": invalid syntax");
}

struct VersionChange {
  int64_t from = 0, to = 0;
  bool upgrades() const { return from < to; }
};

base::Result<VersionChange> read_version_change(const MountEntry& entry, const std::string& wanted) {
  VersionChange change;
  if (entry.options && entry.options->contains("version")) {
    ASSIGN_OR_RETURN(change.from, version_number(entry.options->at("version"), "mount entry"));
  }
  ASSIGN_OR_RETURN(change.to, version_number(wanted, "options"));
  if (change.to != 1 && change.to != 2) {
    return base::invalid("invalid version provided: " + std::to_string(change.to));
  }
  if (change.from > change.to) {
    return base::invalid("cannot downgrade mount from version " + std::to_string(change.from));
  }
  return change;
}

// Options that are named are set, those named with an empty value removed. The change of version, if there is one.
base::Result<VersionChange> tune_options(MountEntry& entry, const logical::Fields& fields) {
  VersionChange change;
  if (!fields.has("options")) return change;
  const auto wanted = fields.pairs("options");
  if (const auto version = wanted.find("version"); version != wanted.end()) {
    ASSIGN_OR_RETURN(change, read_version_change(entry, version->second));
  }
  if (wanted.empty()) return change;
  if (!entry.options) entry.options.emplace();
  for (const auto& [name, value] : wanted) {
    if (value.empty() && name != "version") {
      entry.options->erase(name);
    } else {
      (*entry.options)[name] = value;
    }
  }
  return change;
}

// The engine's own initialize turns what is stored into its new form, in the transaction that changes the version.
Reply upgrade(Core::Parts& parts, const MountEntry& entry, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const auto backend, parts.mounts->make_backend(entry));
  storage::PrefixWriteView own(all, entry.view_prefix());
  TRY(backend->initialize(own));
  Response response;
  // The reference prints its untouched variables here; clients compare the text.
  response.warnings.push_back(
      "Upgrading mount from version 0 to version 0. This mount will be unavailable for a brief period and will resume "
      "service shortly.");
  return response;
}

Reply write_tuning(Core::Parts& parts, std::string_view prefix, const Call& call, storage::WriteView& all) {
  const std::string route = route_of(prefix, call);
  const bool untunable = is_untunable(route);
  if (untunable) TRY(check_untunable(call, route));
  const auto router = parts.mounts->router();
  const Mount* mount = mount_at(*router, route);
  if (mount == nullptr) return base::invalid("tune of path \"" + route + "\" failed: no mount entry found");
  ASSIGN_OR_RETURN(MountEntry entry, parts.mounts->find(all, mount->entry.table, mount->entry.path));
  TRY(apply_tuning(entry, call.fields, builtin_version(parts.options.version)));
  ASSIGN_OR_RETURN(const VersionChange change, tune_options(entry, call.fields));
  TRY(parts.mounts->store(all, entry));
  if (change.upgrades()) return upgrade(parts, entry, all);
  return Response::none();
}

Path tune_path(Core::Parts& parts, std::string pattern, std::string prefix, Access access) {
  Path path;
  path.pattern = std::move(pattern);
  path.fields = tune_fields();
  path.access = access;
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[&parts, prefix](const Call& call, const storage::ReadView&) { return read_tuning(parts, prefix, call); }},
       .summary = "Reads the given mount's configuration."},
      {.operation = Operation::update,
       .effect = Writes{[&parts, prefix](const Call& call, storage::WriteView& all) {
         return write_tuning(parts, prefix, call, all);
       }},
       .summary = "Tune configuration parameters for the given mount point."},
  };
  path.synopsis = "Tune backend configuration parameters for this mount.";
  path.description = "Reads and changes what a mount is configured with; what a write doesn't name stays.";
  return path;
}

}  // namespace

Paths tune_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(tune_path(parts, "mounts/{path:any}/tune", "", Access::token));
  paths.push_back(tune_path(parts, "auth/{path:any}/tune", "auth/", Access::sudo));
  return paths;
}

}  // namespace bao::core::sys
