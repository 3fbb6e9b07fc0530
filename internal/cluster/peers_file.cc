#include "internal/cluster/peers_file.h"

#include <filesystem>
#include <utility>

#include "internal/base/log.h"
#include "internal/cluster/kept_file.h"
#include "internal/cluster/member_record.h"
#include "internal/codec/json.h"
#include "internal/core/ha/join_protocol.h"
#include "internal/crypto/hash.h"

namespace bao::cluster {
namespace {

using base::invalid;
using codec::Json;
using raft::Configuration;
using raft::NodeId;

// The member of that name, as it will be found.
base::Result<std::pair<NodeId, MemberContext>> find(const Configuration& known, const std::string& name, const std::string& address) {
  for (const auto& [id, member] : known.members) {
    auto context = decode_context(id.value, member.context);
    if (!context.ok() || context->record.name != name) continue;
    context->record.cluster_address = address;
    TRY(core::check_member(context->record));
    return std::pair(id, *context);
  }
  return invalid("nobody of the name " + name + " was a member: it joins once the cluster is there again");
}

base::Result<Configuration> members_of(const Json& list, const Configuration& known, const std::string& own_name) {
  if (!list.is_array()) return invalid("not a list of {id, address, non_voter}");
  Configuration members;
  bool own = false;
  for (const Json& each : list.items()) {
    const std::string name = each["id"].as_string(), address = each["address"].as_string();
    if (name.empty() || address.empty()) return invalid("each server needs an id and an address");
    auto found = find(known, name, address);
    if (!found.ok()) return found.error();
    auto& [id, context] = *found;
    context.non_voter = each["non_voter"].as_bool();
    if (!members.members.emplace(id, raft::Member{known.members.at(id).session, encode(context)}).second) return invalid(name + " is there twice");
    (context.non_voter ? members.learners : members.voters).insert(id);
    own = own || name == own_name;
  }
  if (members.voters.empty()) return invalid("nobody in it votes");
  if (!own) return invalid("this node, " + own_name + ", is not in it");
  return members;
}

}  // namespace

PeersFile::PeersFile(const std::string& folder) : file_(folder + "/raft/peers.json"), taken_(folder + "/raft/peers.recovering") {}

bool PeersFile::given() const {
  std::error_code code;
  return std::filesystem::exists(file_, code);
}

base::Result<std::optional<Configuration>> PeersFile::members(const Configuration& known, const std::string& own_name) {
  const std::string epoch = epoch_of(known);
  const bool fresh = given();
  auto text = read_whole(fresh ? file_ : taken_);
  if (!text.ok()) return text.error().code() == base::Code::absent ? base::Result<std::optional<Configuration>>(std::nullopt) : text.error();
  auto json = codec::parse_json(*text);
  if (!json.ok()) return invalid(file_ + ": " + json.error().message());
  if (!fresh && (*json)["epoch"].as_string() != epoch) {  // it ended before
    TRY(remove_whole(taken_));
    return std::optional<Configuration>();
  }
  const Json& list = fresh ? *json : (*json)["peers"];
  auto members = members_of(list, known, own_name);
  if (!members.ok()) return invalid(file_ + ": " + members.error().message());
  if (fresh) {
    TRY(write_whole(taken_, codec::write_json(Json::record({{"epoch", epoch}, {"peers", list}}))));
    TRY(remove_whole(file_));
  }
  recovering_ = true;
  epoch_before_ = epoch;
  base::log_warn("cluster", "the members are those of raft/peers.json from now on", {{"members", std::to_string(members->members.size())}});
  return std::optional(std::move(*members));
}

// They are written into the log in a new epoch; once that is agreed on and durable here, the file has done its part.
raft::ConfigurationChange PeersFile::changes(const raft::DriverStatus& status) {
  if (!recovering_) return {};
  const raft::Index index = status.view.configuration_index;
  const bool over = epoch_of(status.configuration) != epoch_before_;
  if (over && status.view.commit >= index && status.view.durable >= index) done();
  if (over || status.view.role != raft::Role::leader || !status.view.term_committed) return {};
  const std::string epoch = crypto::random_uuid();
  raft::ConfigurationChange steps;
  for (const auto& [id, member] : status.configuration.members) {
    auto context = decode_context(id.value, member.context);
    if (!context.ok()) continue;
    context->epoch = epoch;
    steps.push_back({raft::ChangeStep::Kind::update_context, id, encode(*context)});
  }
  return steps;
}

void PeersFile::done() {
  recovering_ = false;
  if (const base::Status removed = remove_whole(taken_); !removed.ok())
    base::log_error("cluster", "the recovery is done, but its file is there still", {{"error", removed.error().message()}});
  base::log_info("cluster", "the cluster is recovered");
}

std::string epoch_of(const Configuration& configuration) {
  for (const auto& [id, member] : configuration.members) {
    const auto context = decode_context(id.value, member.context);
    if (context.ok() && !context->epoch.empty()) return context->epoch;
  }
  return "";
}

}  // namespace bao::cluster
