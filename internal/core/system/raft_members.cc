// sys/storage/raft/remove-peer, promote, demote (openbao-ha.md 5.7): on the leader, by the member's name.
#include <algorithm>
#include <utility>

#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

using Change = base::Status (*)(Cluster& cluster, const std::string& name);

// Nobody of that name is gone already, as in the reference.
base::Status remove(Cluster& cluster, const std::string& name) {
  const base::Status removed = cluster.remove_member(name);
  if (!removed.ok() && removed.error().code() == base::Code::absent) return {};
  return removed;
}

enum class Votes : uint8_t { no, yes };
base::Result<bool> is_member(Cluster& cluster, const std::string& name, Votes votes) {
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, cluster.members());
  return std::any_of(members.begin(), members.end(), [&](const ClusterMember& member) {
    return member.record.name == name && member.votes == (votes == Votes::yes);
  });
}

base::Status promote(Cluster& cluster, const std::string& name) {
  ASSIGN_OR_RETURN(const bool fits, is_member(cluster, name, Votes::no));
  if (!fits) return core_error(base::Code::internal, "server is not a non-voter");
  return cluster.promote(name);
}

// The reference demotes whoever doesn't exist, and says that it did.
base::Status demote(Cluster& cluster, const std::string& name) {
  ASSIGN_OR_RETURN(const bool fits, is_member(cluster, name, Votes::yes));
  if (!fits) return core_error(base::Code::internal, "server is not a voter");
  return cluster.demote(name);
}

Path member_path(const Core::Parts& parts, const char* pattern, Change change, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.fields = {{.name = "server_id", .description = "The id of the node."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts, change](const Call& call) -> Reply {
                      const std::string name = call.fields.string("server_id");
                      if (name.empty()) return base::invalid("no server id provided");
                      if (parts.options.cluster == nullptr) return base::invalid("this server runs as a single node");
                      TRY(change(*parts.options.cluster, name));
                      return Response::none();
                    }},
                    .summary = synopsis}};
  path.synopsis = synopsis;
  return path;
}

}  // namespace

Paths raft_member_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(member_path(parts, "storage/raft/remove-peer", remove, "Remove a peer from the raft cluster."));
  paths.push_back(member_path(parts, "storage/raft/promote", promote, "Make a peer a voter."));
  paths.push_back(member_path(parts, "storage/raft/demote", demote, "Take a peer's vote away."));
  return paths;
}

}  // namespace bao::core::sys
