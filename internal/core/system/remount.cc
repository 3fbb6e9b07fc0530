// sys/remount: moving a mount to another path with its data (openbao-api.md 2.3).
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "internal/base/mutex.h"
#include "internal/core/quota/rate_limit_rule.h"
#include "internal/core/revoker.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr size_t kMigrationsKeptMax = 1024;
constexpr int kTriesMax = 8;  // while leases are made on the mount that moves

struct Migration {
  std::string source, target, status;
};

// What became of the moves that this node made, in memory as in the reference. Thread-safe.
class Migrations {
 public:
  std::string add(Migration migration) {
    std::string id = crypto::random_uuid();
    base::MutexLock lock(mutex_);
    if (migrations_.size() >= kMigrationsKeptMax) migrations_.erase(migrations_.begin());
    migrations_[id] = std::move(migration);
    return id;
  }
  std::optional<Migration> find(const std::string& id) const {
    base::MutexLock lock(mutex_);
    const auto found = migrations_.find(id);
    if (found == migrations_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable base::Mutex mutex_{base::Rank::engine};
  std::map<std::string, Migration> migrations_ GUARDED_BY(mutex_);
};

struct Move {
  std::string from, to;  // routes with their trailing slash
};

bool has_outer_space(std::string_view text) { return text.starts_with(' ') || text.ends_with(' '); }

bool is_protected(std::string_view route) {
  for (std::string_view prefix : {"audit/", "auth/", "sys/", "cubbyhole/", "identity/"}) {
    if (route.starts_with(prefix)) return true;
  }
  return false;
}

base::Status check_kinds(const Move& move) {
  if (move.from.starts_with("auth/")) {
    if (!move.to.starts_with("auth/")) {
      return base::invalid("cannot remount auth mount to non-auth mount \"" + move.to + "\"");
    }
    if (move.from.starts_with("auth/token")) return base::invalid("cannot remount \"" + move.from + "\"");
    if (move.to.starts_with("auth/token")) return base::invalid("cannot remount to destination \"" + move.to + "\"");
    return {};
  }
  if (is_protected(move.from)) return base::invalid("cannot remount \"" + move.from + "\"");
  if (is_protected(move.to)) return base::invalid("cannot remount to destination " + move.to);
  return {};
}

base::Result<Move> read_move(const Call& call) {
  const std::string from = call.fields.string("from"), to = call.fields.string("to");
  if (from.empty() || to.empty()) return base::invalid("both 'from' and 'to' path must be specified as a string");
  if (has_outer_space(from)) return base::invalid("'from' path cannot contain trailing whitespace");
  if (has_outer_space(to)) return base::invalid("'to' path cannot contain trailing whitespace");
  Move move{mount_path_of(from), mount_path_of(to)};
  if (move.to == "/" || move.to == "auth/") return base::invalid("invalid destination mount path \"" + to + "\"");
  for (const char* part : {"//", "/./", "/../"}) {
    if (("/" + move.to).find(part) == std::string::npos) continue;
    return base::invalid("invalid destination mount: path '" + to + "' does not match cleaned path");
  }
  for (const char c : to) {
    if (c < ' ' || c == 127) return base::invalid("invalid destination mount: path cannot contain non-printable characters");
  }
  TRY(check_kinds(move));
  return move;
}

// Through the transaction, so that two who want the same path at once conflict.
base::Status check_free(const storage::ReadView& all, const MountEntry& entry, const std::string& path) {
  ASSIGN_OR_RETURN(const auto stored, stored_mounts(all, entry.table));
  for (const MountEntry& other : stored) {
    const bool in_the_way = other.path.starts_with(path) || path.starts_with(other.path);
    if (in_the_way && other.uuid != entry.uuid) return base::invalid("path already in use at \"" + other.route() + "\"");
  }
  return {};
}

// In one transaction with a look for leases: none is made under the old path at the last moment, which nobody could end any more. False:
// there are some.
base::Result<bool> relocate(Core::Parts& parts, const logical::Namespace& ns, const Move& move, const Mount& mount) {
  bool moved = false;
  const auto committed = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    ASSIGN_OR_RETURN(const auto leases, parts.expiration.below(all, ns, move.from, "", 1));
    moved = leases.empty();
    if (!moved) return {};
    ASSIGN_OR_RETURN(MountEntry entry, parts.mounts->find(all, mount.entry.table, mount.entry.path));
    if (entry.tainted) return base::invalid("no matching mount at \"" + move.from + "\"");
    const std::string path = entry.table == "auth" ? move.to.substr(5) : move.to;
    TRY(check_free(all, entry, path));
    entry.path = path;
    TRY(move_rate_limits(all, move.from, move.to));
    return parts.mounts->store(all, entry);
  });
  if (!committed.ok()) return committed.error();
  return moved;
}

base::Status revoke_and_relocate(Core::Parts& parts, const logical::Namespace& ns, const Move& move, const Mount& mount) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    TRY(parts.revoker->revoke_prefix(ns, move.from, /*force=*/false));
    ASSIGN_OR_RETURN(const bool moved, relocate(parts, ns, move, mount));
    if (moved) return {};
  }
  return base::Error(base::Code::conflict, "leases are being made below \"" + move.from + "\" all the time: nothing was moved");
}

Reply remount(Core::Parts& parts, Migrations& migrations, const Call& call) {
  ASSIGN_OR_RETURN(const Move move, read_move(call));
  const auto router = parts.mounts->router();
  const auto* mount = router->find(move.from);
  if (mount == nullptr || (*mount)->entry.route() != move.from) {
    return base::invalid("no matching mount at \"" + move.from + "\"");
  }
  if (const Mount* other = router->in_the_way(move.to)) {
    return base::invalid("path already in use at \"" + other->entry.route() + "\"");
  }
  TRY(revoke_and_relocate(parts, *call.request.ns, move, **mount));
  const std::string id = migrations.add({move.from, move.to, "success"});
  Json data = Json::object();
  data.set("migration_id", id);
  ASSIGN_OR_RETURN(Response response, spread(std::move(data)));
  response.warnings.emplace_back(
      "Mount move has been queued. Progress will be reported in OpenBao's server log, tagged with the returned "
      "migration_id");
  return response;
}

Reply status(const Migrations& migrations, const Call& call) {
  const std::string id = call.fields.string("migration_id");
  const auto found = migrations.find(id);
  if (!found) return logical::nothing();
  Json info = Json::object();
  info.set("source_mount", found->source);
  info.set("target_mount", found->target);
  info.set("status", found->status);
  Json data = Json::object();
  data.set("migration_id", id);
  data.set("migration_info", std::move(info));
  return Response::of(std::move(data));
}

}  // namespace

Paths remount_paths(Core::Parts& parts) {
  const auto migrations = std::make_shared<Migrations>();
  Path moving;
  moving.pattern = "remount";
  moving.access = Access::sudo;
  moving.fields = {{.name = "from", .description = "The previous mount point."}, {.name = "to", .description = "The new mount point."}};
  moving.handlers = {{.operation = Operation::update,
                      .effect = Manages{[&parts, migrations](const Call& call) { return remount(parts, *migrations, call); }},
                      .summary = "Move the mount point of an already-mounted backend."}};
  moving.synopsis = "Move the mount point of an already-mounted backend.";
  moving.description = "Leases below the old path are revoked; the data stays with the mount, and so do its rate limits.";
  Path looking;
  looking.pattern = "remount/status/{migration_id:any}";
  looking.fields = {{.name = "migration_id", .description = "The id that the move was answered with."}};
  looking.handlers = {{.operation = Operation::read,
                       .effect = reads_on_leader(parts, [migrations](const Call& call, const storage::ReadView&) { return status(*migrations, call); }),
                       .summary = "Check status of a mount migration."}};
  looking.synopsis = "Check the status of a mount move operation.";
  Paths paths;
  paths.push_back(std::move(moving));
  paths.push_back(std::move(looking));
  return paths;
}

}  // namespace bao::core::sys
