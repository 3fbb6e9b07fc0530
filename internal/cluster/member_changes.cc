#include "internal/cluster/member_changes.h"

#include <utility>

#include "internal/cluster/member_record.h"
#include "internal/cluster/peers_file.h"

namespace bao::cluster {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using raft::ChangeStep;
using Clock = Leadership::Clock;

constexpr std::chrono::milliseconds kChangeTries{5'000};  // for a change to find no other under way
constexpr std::chrono::milliseconds kBetweenTries{20};

}  // namespace

// One change at a time, and none before this term has committed something: both pass.
Status MemberChanges::make(const Steps& steps) {
  const auto until = Clock::now() + kChangeTries;
  while (true) {
    const uint64_t seen = leadership_.leader().seen;
    raft::Driver* driver = storage_.member();
    if (!driver) return Error(Code::unavailable, "this node belongs to no cluster yet");
    ASSIGN_OR_RETURN(const raft::DriverStatus now, driver->status());
    ASSIGN_OR_RETURN(raft::ConfigurationChange change, steps(now.configuration));
    if (change.empty()) return {};
    const auto done = driver->change(std::move(change));
    if (done.ok()) {
      leadership_.wake();
      return {};
    }
    if (done.error().code() != Code::conflict || Clock::now() >= until) return done.error();
    if (!leadership_.await_news(seen, kBetweenTries)) return Error(Code::unavailable, "this node is stopping");
  }
}

// A name that comes back with another id is a node that lost its disk: the old member goes with the same change.
Status MemberChanges::add(const core::MemberRecord& record, bool non_voter) {
  const raft::NodeId id{record.id};
  if (id == raft::kNobody || record.name.empty() || record.certificate.empty() || record.cluster_address.empty())
    return base::invalid("a member needs an id, a name, an address and a certificate");
  return make([&](const raft::Configuration& now) -> Result<raft::ConfigurationChange> {
    const std::string context = encode({record, non_voter, epoch_of(now)});
    raft::ConfigurationChange steps;
    for (const auto& [other, member] : now.members) {
      const auto known = decode_context(other.value, member.context);
      if (other != id && known.ok() && known->record.name == record.name) steps.push_back({ChangeStep::Kind::remove, other, ""});
    }
    const auto found = now.members.find(id);
    if (found == now.members.end()) steps.push_back({ChangeStep::Kind::add_learner, id, context});
    else if (found->second.context != context) steps.push_back({ChangeStep::Kind::update_context, id, context});
    return steps;
  });
}

Status MemberChanges::change(const std::string& name, ChangeStep::Kind kind) {
  return make([&](const raft::Configuration& now) -> Result<raft::ConfigurationChange> {
    for (const auto& [id, member] : now.members) {
      const auto known = decode_context(id.value, member.context);
      if (known.ok() && known->record.name == name) return raft::ConfigurationChange{{kind, id, ""}};
    }
    return Error(Code::absent, "no member of that name: " + name);
  });
}

}  // namespace bao::cluster
