// sys/storage/raft/bootstrap: how a node is taken in (core/ha/join_protocol.h). Without a token: whoever opens what the seal
// closed belongs here. Both paths count as writes, so that a standby sends them to the leader, whose key it is.
#include <atomic>
#include <memory>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/seldom.h"
#include "internal/codec/encoding.h"
#include "internal/core/ha/join_protocol.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

base::Error no_cluster() { return base::invalid("this server runs as a single node"); }

// Anybody may ask, and each question costs the seal some work.
class Questions {
 public:
  // Errors: exhausted.
  base::Status admit(base::Time now) {
    const int64_t second = base::unix_seconds(now);
    if (second_.exchange(second) != second) asked_ = 0;
    if (++asked_ <= base::kJoinQuestionsASecondMax) return {};
    base::counter("cluster.joins_refused").add();
    if (seldom_.due()) base::log_warn("cluster", "many nodes ask to join at once: the others are told to ask again");
    return base::Error(base::Code::exhausted, "too many nodes ask to join at once; ask again");
  }

 private:
  std::atomic<int64_t> second_{0};
  std::atomic<int> asked_{0};
  base::Seldom seldom_;
};

// Of one core.
struct Desk {
  const JoinChallenges challenges;
  Questions questions;
};

Reply challenge(const Core::Parts& parts, Desk& desk, const Call& call) {
  if (parts.options.cluster == nullptr) return no_cluster();
  const std::string server_id = call.fields.string("server_id");
  if (server_id.empty()) return base::invalid("no server id provided");
  if (server_id.size() > base::kServerIdBytesMax) return base::invalid("server id exceeds max length");
  TRY(desk.questions.admit(call.now));
  const barrier::Reader all(parts.barrier);
  ASSIGN_OR_RETURN(const std::string closed, wrap_by_seal(parts, all, desk.challenges.issue(server_id, call.now).reveal()));
  ASSIGN_OR_RETURN(const auto seal, all.get_plain("core/seal-config"));
  if (!seal) return base::corrupt("core/seal-config is missing");
  ASSIGN_OR_RETURN(Json seal_config, codec::parse_json(*seal));
  return Response::of(Json::object({{"challenge", codec::to_base64(closed)}, {"seal_config", std::move(seal_config)}}));
}

// A node that lost its disk comes back under its old name as somebody new, who takes the old one's place. Two that live
// under one name are a mistake.
base::Status make_way_for(Cluster& cluster, const MemberRecord& newcomer) {
  ASSIGN_OR_RETURN(const std::vector<ClusterMember> members, cluster.members());
  for (const ClusterMember& member : members) {
    if (member.record.name != newcomer.name || member.record.id == newcomer.id) continue;
    if (member.leads || member.reached_lately) {
      return base::invalid("another node of the name " + newcomer.name + " is a member and alive: give this one a node_id of its own");
    }
    base::log_warn("cluster", "a member comes back without its data", {{"node", newcomer.name}});
    return cluster.remove_member(newcomer.name);
  }
  return {};
}

Reply answer(const Core::Parts& parts, Desk& desk, const Call& call) {
  if (parts.options.cluster == nullptr) return no_cluster();
  Cluster& cluster = *parts.options.cluster;
  if (call.fields.string("server_id").empty()) return base::invalid("no server_id provided");
  if (call.fields.string("answer").empty()) return base::invalid("no answer provided");
  ASSIGN_OR_RETURN(const Applicant applicant, parse_applicant(call.request.data));
  const auto given = codec::from_base64(call.fields.string("answer"));
  if (!given.ok()) return base::invalid("could not base64 decode answer");
  auto checked = desk.challenges.check(*given, applicant, call.now);
  if (!checked.ok()) {
    static base::Seldom seldom;
    base::counter("cluster.joins_refused").add();
    if (seldom.due()) base::log_warn("cluster", "a node that wanted to join gave a wrong answer", {{"node", applicant.record.name}});
    return checked.error();
  }
  const base::SecretBytes secret = std::move(*checked);
  TRY(make_way_for(cluster, applicant.record));
  TRY(cluster.add_member(applicant.record, applicant.non_voter));
  ASSIGN_OR_RETURN(const Invitation invitation, cluster.invitation());
  base::log_info("cluster", "a node answered the challenge and is a member now",
                 {{"node", applicant.record.name}, {"address", applicant.record.cluster_address}});
  return Response::of(invitation_data(invitation, secret));
}

// Without the leader: it is asked for while there is none.
Reply member(const Core::Parts& parts) {
  if (parts.options.cluster == nullptr || !parts.options.cluster->formed()) return no_cluster();
  ASSIGN_OR_RETURN(const MemberRecord self, parts.options.cluster->self());
  return Response::of(member_address_data(self));
}

using Run = Reply (*)(const Core::Parts&, Desk&, const Call&);

Path bootstrap_path(const Core::Parts& parts, std::shared_ptr<Desk> desk, const char* pattern, Run run,
                    const char* summary) {
  Path path;
  path.pattern = pattern;
  path.access = Access::unauthenticated;
  path.fields = {{.name = "server_id", .description = "The name of the node that joins."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts, desk = std::move(desk), run](const Call& call) {
                      return run(parts, *desk, call);
                    }},
                    .summary = summary}};
  path.synopsis = summary;
  return path;
}

}  // namespace

Paths raft_bootstrap_paths(Core::Parts& parts) {
  const auto desk = std::make_shared<Desk>();
  Paths paths;
  paths.push_back(bootstrap_path(parts, desk, "storage/raft/bootstrap/challenge", challenge,
                                 "Creates a challenge for the new peer to be joined to the raft cluster."));
  paths.push_back(bootstrap_path(parts, desk, "storage/raft/bootstrap/answer", answer,
                                 "Accepts an answer from the peer to be joined to the raft cluster."));
  auto& fields = paths.back().fields;
  fields.push_back({.name = "answer", .description = "Base64 of what the challenge asks for."});
  fields.push_back({.name = "cluster_addr", .description = "host:port of the node's cluster port."});
  fields.push_back({.name = "non_voter", .type = FieldType::boolean, .description = "Whether the node stays without a vote."});
  fields.push_back({.name = "member", .description = "The node's number among members."});
  fields.push_back({.name = "api_addr", .description = "The URL of the node's API."});
  fields.push_back({.name = "certificate", .description = "What the node's connections are known by, PEM."});
  fields.push_back({.name = "host_name", .description = "The name of the host that the node runs on."});
  fields.push_back({.name = "version", .description = "The version that the node runs."});
  Path member_path;
  member_path.pattern = "storage/raft/bootstrap/member";
  member_path.access = Access::unauthenticated;
  member_path.synopsis = "Tells members of the cluster where this one's cluster port is.";
  member_path.handlers = {{.operation = Operation::update,
                           .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return member(parts); }},
                           .summary = member_path.synopsis}};
  paths.push_back(std::move(member_path));
  return paths;
}

}  // namespace bao::core::sys
