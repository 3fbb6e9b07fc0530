#include "internal/raft/sim/trace.h"

#include <sstream>

namespace bao::raft::sim {
namespace {

std::string set_text(const std::set<NodeId>& ids) {
  std::string text;
  for (const NodeId id : ids) text += (text.empty() ? "" : " ") + std::to_string(id.value);
  return text;
}

struct Describer {
  std::ostringstream out;
  void operator()(const PreVote& m) { out << "pre_vote last " << describe(m.last); }
  void operator()(const PreVoteReply& m) { out << "pre_vote_reply " << (m.granted ? "yes" : "no"); }
  void operator()(const Vote& m) { out << "vote last " << describe(m.last) << (m.transfer ? " transfer" : ""); }
  void operator()(const VoteReply& m) { out << "vote_reply " << (m.granted ? "yes" : "no"); }
  void operator()(const Append& m) {
    out << "append session " << m.session.value << " previous " << describe(m.previous) << " entries " << m.entries.size();
    if (!m.entries.empty()) out << " to " << describe({m.entries.back()->index, m.entries.back()->term});
    out << " commit " << m.commit.value;
  }
  void operator()(const AppendReply& m) {
    out << "append_reply session " << m.session.value;
    if (m.accepted) out << " match " << m.match.value;
    else out << " rejected " << m.rejected.value << " hint " << describe(m.hint);
    out << " last " << m.last.value;
  }
  void operator()(const Heartbeat& m) {
    out << "heartbeat session " << m.session.value << " commit " << m.commit.value << " round " << m.round << (m.news ? " news" : "");
  }
  void operator()(const HeartbeatReply& m) {
    out << "heartbeat_reply session " << m.session.value << " round " << m.round << " applied " << m.applied.value;
  }
  void operator()(const TimeoutNow&) { out << "timeout_now"; }
  void operator()(const ReadRequest& m) { out << "read_request " << m.id; }
  void operator()(const ReadReply& m) { out << "read_reply " << m.id << (m.granted ? " index " : " refused ") << m.index.value; }
  void operator()(const SnapshotOffer& m) { out << "snapshot_offer session " << m.session.value << " last " << describe(m.meta.last); }
};

}  // namespace

std::string describe(NodeId id) { return "node " + std::to_string(id.value); }
std::string describe(Index index) { return std::to_string(index.value); }
std::string describe(Position p) { return describe(p.index) + "/" + std::to_string(p.term.value); }

std::string describe(const Message& message) {
  Describer describer;
  std::visit(describer, message);
  return describer.out.str();
}

std::string describe(const Envelope& envelope) {
  return std::to_string(envelope.from.value) + "->" + std::to_string(envelope.to.value) + " term " +
         std::to_string(envelope.term.value) + " " + describe(envelope.message);
}

std::string describe(const Configuration& c) {
  std::string text = "voters [" + set_text(c.voters) + "]";
  if (c.joint()) text += " outgoing [" + set_text(c.outgoing) + "]";
  if (!c.learners.empty()) text += " learners [" + set_text(c.learners) + "]";
  if (!c.learners_next.empty()) text += " next [" + set_text(c.learners_next) + "]";
  return text;
}

std::string_view name_of(Role role) {
  static constexpr std::string_view kNames[] = {"follower", "pre_candidate", "candidate", "leader"};
  return kNames[static_cast<size_t>(role)];
}

void Trace::line(std::string text) {
  if (out_) std::fprintf(out_, "%s\n", text.c_str());
  if (lines_kept_ == 0) return;
  lines_.push_back(std::move(text));
  if (lines_.size() > lines_kept_) lines_.pop_front();
}

void Trace::event(Time now, NodeId node, std::string_view what, uint64_t number, const std::function<std::string()>& detail) {
  hash_ = mix(mix(hash_, now), mix(node.value << 32 | what.size(), number));
  if (!recording()) return;
  std::ostringstream out;
  out << "{\"us\":" << now << ",\"node\":" << node.value << ",\"event\":\"" << what << "\",\"detail\":\"" << detail() << "\"}";
  line(out.str());
}

void Trace::state(Time now, NodeId node, const View& view) {
  hash_ = mix(hash_, mix(view.term.value << 2 | static_cast<uint64_t>(view.role), view.last.index.value));
  hash_ = mix(hash_, mix(view.commit.value, view.applied.value));
  if (!recording()) return;
  std::ostringstream out;
  out << "{\"us\":" << now << ",\"node\":" << node.value << ",\"event\":\"state\",\"role\":\"" << name_of(view.role)
      << "\",\"term\":" << view.term.value << ",\"leader\":" << view.leader.value << ",\"vote\":" << view.vote.value
      << ",\"last\":\"" << describe(view.last) << "\",\"durable\":" << view.durable.value << ",\"commit\":" << view.commit.value
      << ",\"applied\":" << view.applied.value << ",\"start\":" << view.start.position.index.value << "}";
  line(out.str());
}

}  // namespace bao::raft::sim
