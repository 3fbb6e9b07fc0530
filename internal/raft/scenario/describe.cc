// Messages and configurations in a line of text.
#include "internal/raft/scenario/world.h"

namespace bao::raft {
namespace {

std::string text(Index index) { return std::to_string(index.value); }
std::string text(const Position& p) { return std::to_string(p.index.value) + "/" + std::to_string(p.term.value); }
std::string yes(bool value) { return value ? "yes" : "no"; }

std::string text(const Entries& entries) {
  std::string out = "[";
  for (const EntryPtr& entry : entries) {
    if (out.size() > 1) out += ' ';
    out += text(Position{entry->index, entry->term});
  }
  return out + "]";
}

std::string body(const PreVote& m) { return "PreVote last " + text(m.last); }
std::string body(const PreVoteReply& m) { return "PreVoteReply " + yes(m.granted); }
std::string body(const Vote& m) { return "Vote last " + text(m.last) + (m.transfer ? " transfer" : ""); }
std::string body(const VoteReply& m) { return "VoteReply " + yes(m.granted); }
std::string body(const Append& m) {
  return "Append after " + text(m.previous) + " " + text(m.entries) + " commit " + text(m.commit);
}
std::string body(const AppendReply& m) {
  if (m.accepted) return "AppendReply match " + text(m.match);
  return "AppendReply refused " + text(m.rejected) + " hint " + text(m.hint);
}
std::string body(const Heartbeat& m) { return "Heartbeat commit " + text(m.commit) + (m.news ? " news" : " round " + std::to_string(m.round)); }
std::string body(const HeartbeatReply& m) { return "HeartbeatReply round " + std::to_string(m.round); }
std::string body(const TimeoutNow&) { return "TimeoutNow"; }
std::string body(const ReadRequest&) { return "ReadRequest"; }
std::string body(const ReadReply& m) { return "ReadReply " + (m.granted ? text(m.index) : "refused"); }
std::string body(const SnapshotOffer& m) { return "SnapshotOffer " + text(m.meta.last); }

std::string list(const std::set<NodeId>& ids) {
  std::string out;
  for (NodeId id : ids) out += (out.empty() ? "" : ",") + std::to_string(id.value);
  return out;
}

}  // namespace

std::string describe(const Envelope& envelope) {
  return std::to_string(envelope.from.value) + "->" + std::to_string(envelope.to.value) + " term " +
         std::to_string(envelope.term.value) + " " + std::visit([](const auto& m) { return body(m); }, envelope.message);
}

std::string describe(const Configuration& configuration) {
  std::string out = "voters " + list(configuration.voters);
  if (configuration.joint()) out += " outgoing " + list(configuration.outgoing);
  if (!configuration.learners.empty()) out += " learners " + list(configuration.learners);
  if (!configuration.learners_next.empty()) out += " learners next " + list(configuration.learners_next);
  return out;
}

}  // namespace bao::raft
