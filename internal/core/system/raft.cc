// sys/storage/raft: who keeps the data, and all of it as one archive (openbao-api.md 2.6). A node on its own is its one
// voter. What changes peers, and restoring, come with clusters and say so.
#include "internal/core/system/raft.h"

#include <memory>
#include <utility>

#include "internal/storage/snapshot_archive.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

bool uses_raft(const Core::Parts& parts) { return parts.backend.type() == "raft"; }
base::Error not_in_use() { return base::invalid("raft storage is not in use"); }

// "https://127.0.0.1:8201" as peers know each other: without the scheme.
std::string peer_address(std::string_view cluster_address) {
  const size_t scheme = cluster_address.find("://");
  return std::string(scheme == std::string_view::npos ? cluster_address : cluster_address.substr(scheme + 3));
}

Reply configuration(const Core::Parts& parts) {
  if (!uses_raft(parts)) return not_in_use();
  const Json self = Json::record({{"node_id", parts.options.node_id},
                                  {"address", peer_address(parts.options.cluster_address)},
                                  {"leader", true},
                                  {"protocol_version", "3"},
                                  {"voter", true}});
  const Json config = Json::record({{"servers", Json::array({self})}, {"index", 0}});
  return Response::of(Json::object({{"config", config}}));
}

// The sums are sealed under what protects the root key, never under that key itself.
base::Result<std::string> seal_sums(Core::Parts& parts, const storage::ReadView& all, std::string_view sums) {
  if (parts.options.auto_seal) return parts.options.auto_seal->wrap(sums);
  ASSIGN_OR_RETURN(auto key, all.get("core/shamir-kek"));
  if (!key) return base::internal("the unseal key is not stored; rotate it with its shares (sys/rotate/root/init)");
  return seal::shamir_wrapper(base::SecretBytes::take(std::move(*key)))->wrap(sums);
}

Reply take_snapshot(Core::Parts& parts, const storage::ReadView& all) {
  if (!uses_raft(parts)) return not_in_use();
  const auto snapshot = parts.backend.snapshot();
  const auto seal = [&](std::string_view sums) { return seal_sums(parts, all, sums); };
  ASSIGN_OR_RETURN(std::string archive,
                   storage::write_snapshot_archive(*snapshot, {parts.options.node_id, peer_address(parts.options.cluster_address),
                                                               parts.clock.now(), seal}));
  Response response;
  response.raw = logical::RawBody{200, "application/gzip", std::move(archive)};
  response.headers.emplace_back("Content-Disposition", "attachment");
  return response;
}

Manages refuses(const Core::Parts& parts, const char* text) {
  return Manages{[&parts, text](const Call&) -> Reply { return uses_raft(parts) ? base::invalid(text) : not_in_use(); }};
}

Path path_of(const char* pattern, std::vector<logical::Handler> handlers, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.handlers = std::move(handlers);
  path.synopsis = synopsis;
  return path;
}

Path peer_path(const Core::Parts& parts, const char* pattern, const char* synopsis) {
  Path path = path_of(pattern, {}, synopsis);
  path.fields = {{.name = "server_id", .type = FieldType::string, .description = "The id of the node."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts](const Call& call) -> Reply {
                      if (call.fields.string("server_id").empty()) return base::invalid("no server id provided");
                      return uses_raft(parts) ? base::invalid("this server runs as a single node so far") : not_in_use();
                    }},
                    .summary = synopsis}};
  return path;
}

}  // namespace

Paths raft_paths(Core::Parts& parts) {
  const Manages no_restore = refuses(parts, "restoring a snapshot is not available yet in this server");
  Paths paths;
  paths.push_back(path_of(
      "storage/raft/configuration",
      {{.operation = Operation::read,
        .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return configuration(parts); }},
        .summary = "Returns the configuration of the raft cluster."}},
      "Returns the raft cluster configuration."));
  paths.push_back(path_of(
      "storage/raft/snapshot",
      {{.operation = Operation::read,
        .effect = Reads{[&parts](const Call&, const storage::ReadView& all) { return take_snapshot(parts, all); }},
        .summary = "Returns all data as one archive."},
       {.operation = Operation::update, .effect = no_restore, .summary = "Replaces all data by an archive's."}},
      "Saves and restores snapshots of all data."));
  paths.push_back(path_of(
      "storage/raft/snapshot-force",
      {{.operation = Operation::update, .effect = no_restore, .summary = "Replaces all data by an archive's, whichever cluster's it is."}},
      "Restores snapshots of other clusters."));
  paths.push_back(peer_path(parts, "storage/raft/remove-peer", "Remove a peer from the raft cluster."));
  paths.push_back(peer_path(parts, "storage/raft/promote", "Make a peer a voter."));
  paths.push_back(peer_path(parts, "storage/raft/demote", "Take a peer's vote away."));
  return paths;
}

}  // namespace bao::core::sys
