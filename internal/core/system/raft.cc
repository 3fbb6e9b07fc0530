// sys/storage/raft: who keeps the data (openbao-api.md 2.6). A node on its own is its one voter.
#include "internal/core/system/raft.h"

#include <iterator>
#include <memory>
#include <utility>


namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Reply configuration(const Core::Parts& parts) {
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, members_of(parts));
  Json servers = Json::array();
  for (const ClusterMember& member : members) {
    servers.push_back(Json::record({{"node_id", member.record.name},
                                    {"address", member.record.cluster_address},
                                    {"leader", member.leads},
                                    {"protocol_version", "3"},
                                    {"voter", member.votes}}));
  }
  return Response::of(Json::object({{"config", Json::record({{"servers", std::move(servers)}, {"index", 0}})}}));
}

Path path_of(const char* pattern, std::vector<logical::Handler> handlers, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.handlers = std::move(handlers);
  path.synopsis = synopsis;
  return path;
}

bool uses_raft(const Core::Parts& parts) { return parts.options.cluster != nullptr || parts.backend.type() == "raft"; }

void append(Paths& to, Paths group) { to.insert(to.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end())); }

}  // namespace

std::string peer_address(std::string_view cluster_address) {
  const size_t scheme = cluster_address.find("://");
  return std::string(scheme == std::string_view::npos ? cluster_address : cluster_address.substr(scheme + 3));
}

static base::Result<std::unique_ptr<seal::Wrapper>> shamir_of(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(auto key, all.get("core/shamir-kek"));
  if (!key) return base::internal("the unseal key is not stored; rotate it with its shares (sys/rotate/root/init)");
  return seal::shamir_wrapper(base::SecretBytes::take(std::move(*key)));
}

base::Result<std::string> wrap_by_seal(const Core::Parts& parts, const storage::ReadView& all, std::string_view plain) {
  if (parts.options.auto_seal) return parts.options.auto_seal->wrap(plain);
  ASSIGN_OR_RETURN(const auto shamir, shamir_of(all));
  return shamir->wrap(plain);
}

base::Result<base::SecretBytes> unwrap_by_seal(const Core::Parts& parts, const storage::ReadView& all, std::string_view blob) {
  if (parts.options.auto_seal) return parts.options.auto_seal->unwrap(blob);
  ASSIGN_OR_RETURN(const auto shamir, shamir_of(all));
  return shamir->unwrap(blob);
}

base::Result<std::vector<ClusterMember>> members_of(const Core::Parts& parts) {
  if (parts.options.cluster != nullptr) return parts.options.cluster->members();
  ClusterMember self;
  self.record.name = parts.options.node_id;
  self.record.cluster_address = peer_address(parts.options.cluster_address);
  self.record.api_address = parts.options.api_address;
  self.leads = self.votes = self.reached_lately = true;
  return std::vector<ClusterMember>{std::move(self)};
}

logical::Effect reads_on_leader(const Core::Parts& parts, logical::ReadHandler run) {
  const auto where = [&parts](const Call&, const storage::ReadView&) -> base::Result<logical::Where> {
    const bool here = parts.options.cluster == nullptr || parts.options.cluster->role().leads;
    return here ? logical::Where::local : logical::Where::active;
  };
  return logical::ReadsUnless{where, run, run};
}

Paths raft_paths(Core::Parts& parts) {
  if (!uses_raft(parts)) return {};
  Paths paths;
  paths.push_back(path_of(
      "storage/raft/configuration",
      {{.operation = Operation::read,
        .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return configuration(parts); }},
        .summary = "Returns the configuration of the raft cluster."}},
      "Returns the raft cluster configuration."));
  append(paths, raft_snapshot_paths(parts));
  append(paths, raft_member_paths(parts));
  append(paths, raft_bootstrap_paths(parts));
  append(paths, raft_autopilot_paths(parts));
  return paths;
}

}  // namespace bao::core::sys
