// sys/leases: looking up, listing, renewing and ending leases (openbao-api.md 2.5).
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "internal/base/letters.h"
#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/core/revoker.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::Field;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr int64_t kIrrevocableShownMax = 10'000;
constexpr std::string_view kMoreIrrevocable =
    "Command halted because many irrevocable leases were found. To emit the entire list, re-run the command with force set true.";

Json time_or_null(base::Time t) { return t == base::kZeroTime ? Json() : Json(base::format_rfc3339(t)); }

Reply look_up(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  const std::string id = call.fields.string("lease_id");
  if (id.empty()) return base::invalid("lease_id must be specified");
  ASSIGN_OR_RETURN(const auto lease, parts.expiration.get(all, *call.request.ns, id));
  if (!lease) return base::invalid("invalid lease");
  Json data = Json::object();
  data.set("id", id);
  data.set("issue_time", base::format_rfc3339(lease->issue_time));
  data.set("expire_time", time_or_null(lease->expire_time));
  data.set("last_renewal", time_or_null(lease->last_renewal_time));
  data.set("ttl", lease->ttl_seconds(call.now));
  data.set("path", lease->path);
  data.set("renewable", lease->renewable());
  if (!lease->revoke_error.empty()) data.set("revoke_error", lease->revoke_error);
  return Response::of(std::move(data));
}

Reply list_below(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  std::string prefix = call.fields.string("prefix");
  if (!prefix.empty() && prefix.back() != '/') prefix += '/';
  ASSIGN_OR_RETURN(const auto names, parts.expiration.list(all, *call.request.ns, prefix));
  return Response::keys(names);
}

// The id from the body, else from the path.
base::Result<std::string> lease_id_of(const Call& call) {
  std::string id = call.fields.string("lease_id");
  if (id.empty()) id = call.fields.string("url_lease_id");
  if (id.empty()) return base::invalid("lease_id must be specified");
  return id;
}

Reply renew(Core::Parts& parts, const Call& call) {
  ASSIGN_OR_RETURN(const std::string id, lease_id_of(call));
  return parts.revoker->renew_lease(*call.request.ns, id, call.fields.duration("increment"));
}

Response accepted() {
  Response response;
  response.status = 202;
  return response;
}

Reply revoke(Core::Parts& parts, const Call& call) {
  ASSIGN_OR_RETURN(const std::string id, lease_id_of(call));
  if (call.fields.boolean("sync")) {
    TRY(parts.revoker->revoke_lease(*call.request.ns, id));
    return Response::none();
  }
  TRY(parts.revoker->queue(*call.request.ns, {&id, 1}));
  return accepted();
}

// Everything below the prefix that can be queued is; the caller doesn't wait for engines.
base::Status queue_below(Core::Parts& parts, const logical::Namespace& ns, std::string prefix) {
  if (!prefix.empty() && prefix.back() != '/') prefix += '/';
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto ids, parts.expiration.below(barrier::Reader(parts.barrier), ns, prefix, after, kQueuedAtOnceMax));
    TRY(parts.revoker->queue(ns, ids));
    if (std::cmp_less(ids.size(), kQueuedAtOnceMax)) return {};
    after = ids.back();
  }
}

Reply revoke_prefix(Core::Parts& parts, const Call& call) {
  const std::string prefix = call.fields.string("prefix");
  if (call.fields.boolean("sync")) {
    TRY(parts.revoker->revoke_prefix(*call.request.ns, prefix, /*force=*/false));
    return Response::none();
  }
  TRY(queue_below(parts, *call.request.ns, prefix));
  return accepted();
}

Reply revoke_force(Core::Parts& parts, const Call& call) {
  TRY(parts.revoker->revoke_prefix(*call.request.ns, call.fields.string("prefix"), /*force=*/true));
  return Response::none();
}

Reply tidy(Core::Parts& parts, const Call&) {
  parts.tasks.start("tidy-leases", [&parts] {
    base::log_info("expiration", "beginning tidy operation on leases");
    const auto tidied = parts.revoker->tidy();
    if (!tidied.ok()) base::log_error("expiration", "tidy failed", {{"error", tidied.error().message()}});
    base::log_info("expiration", "finished tidy operation on leases");
  });
  Response response = accepted();
  response.warnings.emplace_back(
      "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.");
  return response;
}

bool asks_for_irrevocable(const Call& call) {
  std::string type = call.fields.string("type");
  type = base::lower_case(type);
  return type == "irrevocable";
}

std::string mount_of(Core::Parts& parts, const std::string& path) {
  const auto router = parts.mounts->router();
  const auto* mount = router->find(path);
  return mount == nullptr ? "mount-accessor-not-found" : (*mount)->entry.accessor;
}

// At most `shown` of them; all when it is negative.
base::Result<std::vector<Lease>> irrevocable_leases(Core::Parts& parts, const Call& call, const storage::ReadView& all,
                                                    const std::vector<std::string>& ids, int64_t shown) {
  std::vector<Lease> leases;
  for (const std::string& id : ids) {
    if (shown >= 0 && std::cmp_greater_equal(leases.size(), shown)) break;
    ASSIGN_OR_RETURN(auto lease, parts.expiration.get(all, *call.request.ns, id));
    if (lease) leases.push_back(std::move(*lease));
  }
  std::stable_sort(leases.begin(), leases.end(), [](const Lease& a, const Lease& b) { return a.expire_time < b.expire_time; });
  return leases;
}

Reply count_irrevocable(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  if (!asks_for_irrevocable(call)) return logical::nothing();
  ASSIGN_OR_RETURN(const auto ids, parts.expiration.irrevocable(all));
  std::map<std::string, int64_t> by_mount;
  for (const std::string& id : ids) ++by_mount[mount_of(parts, id)];
  Json counts = Json::object();
  for (const auto& [mount, count] : by_mount) counts.set(mount, count);
  Json data = Json::object();
  data.set("lease_count", static_cast<int64_t>(ids.size()));
  data.set("counts", std::move(counts));
  return Response::of(std::move(data));
}

// "none": all; absent: kIrrevocableShownMax.
base::Result<int64_t> shown_limit(const Call& call) {
  const std::string text = call.fields.string("limit");
  if (text.empty()) return kIrrevocableShownMax;
  if (text == "none") return -1;
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size()) {
    return core_error(base::Code::internal, "invalid 'limit' provided: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
  }
  if (limit < 1) return core_error(base::Code::internal, "limit must be 'none' or a positive integer");
  return limit;
}

Reply list_irrevocable(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  if (!asks_for_irrevocable(call)) return logical::nothing();
  ASSIGN_OR_RETURN(const int64_t limit, shown_limit(call));
  ASSIGN_OR_RETURN(const auto ids, parts.expiration.irrevocable(all));
  ASSIGN_OR_RETURN(const auto found, irrevocable_leases(parts, call, all, ids, limit));
  Json leases = Json::array();
  for (const Lease& lease : found) {
    Json item = Json::object();
    item.set("lease_id", lease.id);
    item.set("mount_id", mount_of(parts, lease.path));
    item.set("error", lease.revoke_error);
    leases.push_back(std::move(item));
  }
  Json data = Json::object();
  data.set("lease_count", static_cast<int64_t>(found.size()));
  data.set("leases", std::move(leases));
  Response response = Response::of(std::move(data));
  if (found.size() < ids.size()) response.warnings.emplace_back(kMoreIrrevocable);
  return response;
}

Path manage_path(std::string pattern, std::vector<Field> fields, std::function<Reply(const Call&)> run, const char* summary) {
  Path path;
  path.pattern = std::move(pattern);
  path.fields = std::move(fields);
  path.handlers = {{.operation = Operation::update, .effect = Manages{std::move(run)}, .summary = summary}};
  path.synopsis = summary;
  return path;
}

using ReadRun = Reply (*)(Core::Parts&, const Call&, const storage::ReadView&);

Path read_path(Core::Parts& parts, std::string pattern, Operation operation, std::vector<Field> fields, ReadRun run,
               const char* summary) {
  Path path;
  path.pattern = std::move(pattern);
  path.fields = std::move(fields);
  path.handlers = {{.operation = operation,
                    .effect = Reads{[&parts, run](const Call& call, const storage::ReadView& all) { return run(parts, call, all); }},
                    .summary = summary}};
  path.synopsis = summary;
  return path;
}

const Field kLeaseId = {.name = "lease_id", .description = "The lease identifier, as it was given with the secret."};
const Field kUrlLeaseId = {.name = "url_lease_id", .description = "The lease identifier, as it was given with the secret."};
const Field kPrefix = {.name = "prefix", .description = "The path below which leases are meant. Example: \"database/creds/reader\""};
const Field kSync = {.name = "sync", .type = FieldType::boolean,
                     .description = "Whether to answer only when the leases have ended.", .default_value = true};
const Field kIncrement = {.name = "increment", .type = FieldType::duration,
                          .description = "How long the lease shall last from now on, in seconds."};

void append_manages(Core::Parts& parts, Paths& paths) {
  paths.push_back(manage_path("leases/renew[/{url_lease_id:any}]", {kUrlLeaseId, kLeaseId, kIncrement},
                              [&parts](const Call& call) { return renew(parts, call); }, "Renews a lease."));
  paths.push_back(manage_path("leases/revoke-force/{prefix:any}", {kPrefix},
                              [&parts](const Call& call) { return revoke_force(parts, call); },
                              "Revokes all leases below a prefix, also those whose engine refuses."));
  paths.back().access = Access::sudo;
  paths.push_back(manage_path("leases/revoke-prefix/{prefix:any}", {kPrefix, kSync},
                              [&parts](const Call& call) { return revoke_prefix(parts, call); },
                              "Revokes all leases below a prefix."));
  paths.back().access = Access::sudo;
  paths.push_back(manage_path("leases/revoke[/{url_lease_id:any}]", {kUrlLeaseId, kLeaseId, kSync},
                              [&parts](const Call& call) { return revoke(parts, call); }, "Revokes a lease."));
  paths.push_back(manage_path("leases/tidy", {}, [&parts](const Call& call) { return tidy(parts, call); },
                              "Ends leases whose time has passed."));
}

}  // namespace

Paths lease_paths(Core::Parts& parts) {
  const Field type = {.name = "type", .description = "Type of leases: irrevocable.", .query = true};
  const Field children = {.name = "include_child_namespaces", .type = FieldType::boolean,
                          .description = "Whether to count leases of child namespaces too.", .query = true};
  const Field limit = {.name = "limit", .description = "How many leases to show at most, or none.", .query = true};
  Paths paths;
  paths.push_back(read_path(parts, "leases/lookup", Operation::update, {kLeaseId}, look_up, "Retrieve lease metadata."));
  paths.push_back(read_path(parts, "leases/lookup/{prefix:all}", Operation::list, {kPrefix}, list_below, "Lists leases below a prefix."));
  paths.back().access = Access::sudo;
  append_manages(parts, paths);
  paths.push_back(read_path(parts, "leases/count", Operation::read, {type, children}, count_irrevocable, "Count of irrevocable leases."));
  paths.push_back(read_path(parts, "leases", Operation::read, {type, children, limit}, list_irrevocable, "List irrevocable leases."));
  paths.back().access = Access::sudo;
  return paths;
}

}  // namespace bao::core::sys
