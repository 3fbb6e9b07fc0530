#include "internal/cluster/news.h"

#include <algorithm>
#include <utility>

#include "internal/base/log.h"
#include "internal/cluster/leader_calls.h"

namespace bao::cluster {
namespace {

constexpr std::chrono::milliseconds kBetweenNews{1'000};  // while the others may not know where this node is, or nobody leads

// Everybody has the newest configuration in its log.
bool all_hold_configuration(const raft::DriverStatus& status) {
  const raft::Index index = status.view.configuration_index;
  return status.view.commit >= index && std::ranges::all_of(status.view.peers, [&](const raft::PeerView& peer) { return peer.match >= index; });
}

raft::ChangeStep update(const MemberContext& context) {
  return {raft::ChangeStep::Kind::update_context, raft::NodeId{context.record.id}, encode(context)};
}

}  // namespace

// Whoever isn't what the configuration says of it tells all others, until it does. Whoever hears of no leader tells them, too: they may
// look for it elsewhere. And whoever was told of a member's address tells that member, which may know of nobody. They answer with what
// they know.
void News::tell(raft::Transport& transport, Clock::time_point now) {
  if (!due(now)) return;
  const std::vector<raft::NodeId> whom = roster_.to_tell(leaderless());
  if (whom.empty()) return;
  again_ = now + kBetweenNews;
  const std::string news = encode_news(roster_.all());
  for (const raft::NodeId id : whom) {
    transport.call(id, news, kBetweenNews, [this, id](const base::Result<std::string>& answer) {
      if (answer.ok() && answer->starts_with(kDone)) take(id, std::string_view(*answer).substr(1));
    });
  }
}

std::string News::told(raft::NodeId from, std::string_view text) {
  take(from, text);
  return kDone + encode_news(roster_.all());
}

void News::take(raft::NodeId from, std::string_view text) {
  const auto members = decode_news(text);
  if (!members.ok()) return base::log_warn("cluster", "a member sends what cannot be read", {{"error", members.error().message()}});
  if (members->front().record.id != from.value || !roster_.heard(members->front().record))
    return base::log_warn("cluster", "a member says that it is somebody else", {{"member", std::to_string(from.value)}});
  if (leaderless()) {
    for (const MemberContext& member : *members)
      if (const raft::NodeId id{member.record.id}; id != from) roster_.hint(id, member.record.cluster_address);
  }
  leadership_.wake();
}

// Who offered a certificate uses it from when every member knows it.
raft::ConfigurationChange News::changes(const raft::DriverStatus& status) const {
  raft::ConfigurationChange steps;
  if (!status.view.term_committed || status.configuration.joint()) return steps;
  for (const MemberContext& member : roster_.unconfigured()) steps.push_back(update(member));
  if (!steps.empty()) return steps;
  auto offering = roster_.offering();
  if (!offering || !all_hold_configuration(status)) return steps;
  core::MemberRecord& record = offering->record;
  record.old_certificate = std::exchange(record.certificate, std::exchange(record.next_certificate, ""));
  steps.push_back(update(*offering));
  return steps;
}

}  // namespace bao::cluster
