// sys/storage/raft/remove-peer, promote, demote (openbao-ha.md 5.7): on the leader, by the member's name. A node without a
// cluster is its one member.
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

enum class Known : uint8_t { no, voter, non_voter };

base::Result<Known> look_up(const Core::Parts& parts, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, members_of(parts));
  for (const ClusterMember& member : members) {
    if (member.record.name == name) return member.votes ? Known::voter : Known::non_voter;
  }
  return Known::no;
}

using Change = base::Status (*)(Cluster* cluster, Known known, const std::string& name);

base::Error alone() { return base::invalid("this server runs as a single node"); }

// Nobody of that name is gone already, as in the reference.
base::Status remove(Cluster* cluster, Known known, const std::string& name) {
  if (known == Known::no) return {};
  return cluster == nullptr ? alone() : cluster->remove_member(name);
}

base::Status promote(Cluster* cluster, Known known, const std::string& name) {
  if (known != Known::non_voter) return core_error(base::Code::internal, "server is not a non-voter");
  return cluster == nullptr ? alone() : cluster->promote(name);
}

// The reference demotes whoever doesn't exist, and says that it did.
base::Status demote(Cluster* cluster, Known known, const std::string& name) {
  if (known != Known::voter) return core_error(base::Code::internal, "server is not a voter");
  return cluster == nullptr ? alone() : cluster->demote(name);
}

Path member_path(const Core::Parts& parts, const char* pattern, Change change, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.fields = {{.name = "server_id", .description = "The id of the node."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts, change](const Call& call) -> Reply {
                      const std::string name = call.fields.string("server_id");
                      if (name.empty()) return base::invalid("no server id provided");
                      ASSIGN_OR_RETURN(const Known known, look_up(parts, name));
                      TRY(change(parts.options.cluster, known, name));
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
