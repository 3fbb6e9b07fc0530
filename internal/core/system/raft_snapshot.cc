// sys/storage/raft/snapshot and snapshot-force: all data as one archive, and an archive in the place of all data
// (snapshot-format.md; internal/storage/raft/README.md says how that is replicated). Everything is checked before anything changes;
// when a restore is answered, this node serves the restored data, or is sealed because it has other keys.
#include <atomic>
#include <map>

#include "internal/archive/snapshot_archive.h"
#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/core/life_cycle.h"
#include "internal/core/seal_storage.h"
#include "internal/core/system/raft.h"
#include "internal/storage/snapshot_writer.h"

namespace bao::core::sys {
namespace {

using base::Result;
using base::Status;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using archive::SnapshotArchive;

constexpr size_t kUnpackedBytesMax = size_t{64} << 30;
constexpr size_t kPieceBytes = size_t{1} << 20;

Reply take_snapshot(Core::Parts& parts, const storage::ReadView& all) {
  const auto snapshot = parts.backend.snapshot();
  const auto seal = [&](std::string_view sums) { return wrap_by_seal(parts, all, sums); };
  ASSIGN_OR_RETURN(auto written,
                   storage::write_snapshot_archive(*snapshot, {parts.options.node_id, peer_address(parts.options.cluster_address),
                                                               parts.clock.now(), seal}));
  Response response;
  response.raw = logical::RawBody{200, "application/gzip", "", std::move(written)};
  response.headers.emplace_back("Content-Disposition", "attachment");
  return response;
}

// What opens the data, as the archive has it.
using Keys = std::map<std::string, std::string, std::less<>>;

Result<Keys> keys_of(const SnapshotArchive& snapshot) {
  Keys keys;
  TRY(archive::each_record(snapshot.state, [&](std::string_view key, std::string_view value) {
    for (const std::string_view wanted : {kKeyringKey, kSealConfigKey, kStoredKeysKey, std::string_view("core/migration")}) {
      if (key == wanted) keys.insert_or_assign(std::string(key), std::string(value));
    }
    return Status();
  }));
  return keys;
}

// A node that took this would be no node any more, whoever's keys there are.
Status check_openable(const Keys& keys) {
  for (const std::string_view needed : {kKeyringKey, kSealConfigKey, kStoredKeysKey}) {
    if (!keys.contains(needed)) return base::invalid("the snapshot cannot be restored: " + std::string(needed) + " is missing, without which nothing opens it");
  }
  if (keys.contains("core/migration")) return base::invalid("the snapshot cannot be restored: it was taken during a migration of the seal (core/migration)");
  const auto config = seal::parse_seal_config(keys.find(kSealConfigKey)->second);
  return config.ok() ? Status() : base::invalid("the snapshot cannot be restored: core/seal-config: " + config.error().message());
}

Status check_type(const Core::Parts& parts, const Keys& keys) {
  ASSIGN_OR_RETURN(const seal::SealConfig config, seal::parse_seal_config(keys.find(kSealConfigKey)->second));
  const std::string own(parts.options.auto_seal ? parts.options.auto_seal->type() : "shamir");
  if (config.type == own) return {};
  return base::invalid("the snapshot is sealed by \"" + config.type + "\", this cluster by \"" + own + "\": it could not be unsealed");
}

base::Error of_another_seal(const Core::Parts& parts) {
  return base::invalid(std::string("could not verify hash file, possibly the snapshot is using a different ") +
                       (parts.options.auto_seal ? "autoseal key" : "set of unseal keys") +
                       "; use the snapshot-force API to bypass this check");
}

// The archive says what whoever sealed it had, and this cluster's seal opens what it holds.
Status check_seal(const Core::Parts& parts, const SnapshotArchive& snapshot, const Keys& keys) {
  const barrier::Reader all(parts.barrier);
  const auto sums = unwrap_by_seal(parts, all, snapshot.sealed_sums);
  if (snapshot.sealed_sums.empty() || !sums.ok()) return of_another_seal(parts);
  TRY(archive::check_sums(snapshot, sums->reveal()));
  const auto stored = unwrap_by_seal(parts, all, keys.find(kStoredKeysKey)->second);
  if (!stored.ok()) return of_another_seal(parts);
  auto root_key = seal::parse_stored_keys(stored->reveal());
  if (!root_key.ok()) return of_another_seal(parts);
  const auto keyring = barrier::Keyring::unseal_from(kKeyringKey, keys.find(kKeyringKey)->second, *root_key);
  return keyring.ok() ? Status() : Status(of_another_seal(parts));
}

enum class Force : bool { no, yes };

// One at a time: each unpacks its archive on the disk.
using UnderWay = std::shared_ptr<std::atomic<bool>>;

Reply restore(Core::Parts& parts, const Call& call, Force force) {
  if (parts.options.cluster == nullptr) return base::internal("raft storage is not in use");
  const auto& spooled = call.request.spooled_body;
  const std::string_view body = spooled ? spooled->view() : std::string_view(call.request.raw_body);
  ASSIGN_OR_RETURN(const SnapshotArchive snapshot, archive::read_snapshot_archive(body, kUnpackedBytesMax));
  ASSIGN_OR_RETURN(const Keys keys, keys_of(snapshot));
  TRY(check_openable(keys));
  TRY(check_type(parts, keys));
  if (force == Force::no) TRY(check_seal(parts, snapshot, keys));
  base::log_info("core", "restoring a snapshot", {{"bytes", std::to_string(snapshot.state.size())}, {"index", std::to_string(snapshot.index.value)}});
  const auto restored = parts.options.cluster->replace_data(
      [&](const Cluster::TakePiece& take) { return archive::each_piece(snapshot.state, kPieceBytes, take); });
  if (!restored.ok()) return restored.error();
  base::log_warn("core", "a snapshot was restored: all data is that of the snapshot", {{"at", std::to_string(restored->value)}});
  parts.life_cycle->await_data();
  return Response::none();
}

Manages restores(Core::Parts& parts, const UnderWay& under_way, Force force) {
  return Manages{[&parts, under_way, force](const Call& call) -> Reply {
    if (under_way->exchange(true)) return base::Error(base::Code::unavailable, "another snapshot is being restored");
    Reply reply = restore(parts, call, force);
    *under_way = false;
    return reply;
  }};
}

}  // namespace

Paths raft_snapshot_paths(Core::Parts& parts) {
  const auto under_way = std::make_shared<std::atomic<bool>>(false);
  Path snapshot, forced;
  snapshot.pattern = "storage/raft/snapshot";
  snapshot.handlers = {{.operation = Operation::read,
                        .effect = Reads{[&parts](const Call&, const storage::ReadView& all) { return take_snapshot(parts, all); }},
                        .summary = "Returns all data as one archive."},
                       {.operation = Operation::update,
                        .effect = restores(parts, under_way, Force::no),
                        .summary = "Replaces all data by an archive's, if this cluster's keys open it."}};
  snapshot.synopsis = "Saves and restores snapshots of all data.";
  forced.pattern = "storage/raft/snapshot-force";
  forced.handlers = {{.operation = Operation::update,
                      .effect = restores(parts, under_way, Force::yes),
                      .summary = "Replaces all data by an archive's, whichever cluster's it is."}};
  forced.synopsis = "Restores snapshots of other clusters.";
  Paths paths;
  paths.push_back(std::move(snapshot));
  paths.push_back(std::move(forced));
  return paths;
}

}  // namespace bao::core::sys
