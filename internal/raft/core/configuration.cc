// Configurations: the rules of a change, the encoding, the history.
#include "internal/raft/core/configuration.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {
namespace {

using base::Error;
using base::Result;
using base::Status;

// Format of the payload, big-endian: version u8 = 1, members u32, then by rising id: id u64, session u64, roles u8, length of
// the context u32, the context.
constexpr uint8_t kVersion = 1;
constexpr size_t kContextBytesMax = size_t{64} << 10;
enum RoleBit : uint8_t { kVoter = 1, kOutgoing = 2, kLearner = 4, kLearnerNext = 8 };

void put(std::string* out, uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

class Reader {
 public:
  explicit Reader(std::string_view data) : rest_(data) {}
  std::optional<uint64_t> number(size_t bytes) {
    if (rest_.size() < bytes) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>(rest_[i]);
    rest_.remove_prefix(bytes);
    return value;
  }
  std::optional<std::string> text(size_t bytes) {
    if (rest_.size() < bytes) return std::nullopt;
    std::string value(rest_.substr(0, bytes));
    rest_.remove_prefix(bytes);
    return value;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::string name(NodeId id) { return "node " + std::to_string(id.value); }

// One step on a configuration that is not joint; the outgoing half is made up afterwards.
Status apply_step(const ChangeStep& step, Index at, Configuration* to) {
  const NodeId id = step.id;
  const bool voter = to->voters.contains(id);
  if (step.context.size() > kContextBytesMax) return base::invalid(name(id) + ": its context is too long");
  if (step.kind == ChangeStep::Kind::add_learner) {
    if (to->contains(id)) return base::invalid(name(id) + " is a member already");
    to->members[id] = Member{Session{at.value}, step.context};
    to->learners.insert(id);
    return {};
  }
  if (!to->contains(id)) return base::invalid(name(id) + " is not a member");
  switch (step.kind) {
    case ChangeStep::Kind::add_learner: break;
    case ChangeStep::Kind::promote:
      if (voter) return base::invalid(name(id) + " is no learner");
      to->learners.erase(id);
      to->voters.insert(id);
      break;
    case ChangeStep::Kind::demote:
      if (!voter) return base::invalid(name(id) + " is no voter");
      to->voters.erase(id);
      to->learners_next.insert(id);
      break;
    case ChangeStep::Kind::remove:
      to->voters.erase(id);
      if (to->learners.erase(id) > 0) to->members.erase(id);
      break;
    case ChangeStep::Kind::update_context: to->members[id].context = step.context; break;
  }
  return {};
}

bool overlap(const std::set<NodeId>& a, const std::set<NodeId>& b) {
  return std::any_of(a.begin(), a.end(), [&](NodeId id) { return b.contains(id); });
}

uint8_t roles_of(const Configuration& configuration, NodeId id) {
  return static_cast<uint8_t>((configuration.voters.contains(id) ? kVoter : 0) |
                              (configuration.outgoing.contains(id) ? kOutgoing : 0) |
                              (configuration.learners.contains(id) ? kLearner : 0) |
                              (configuration.learners_next.contains(id) ? kLearnerNext : 0));
}

}  // namespace

Result<Configuration> apply_change(const Configuration& current, const ConfigurationChange& change, Index at) {
  if (current.joint()) return Error(base::Code::conflict, "a change of the configuration is under way");
  if (change.empty()) return base::invalid("a change without steps");
  Configuration to = current;
  std::set<NodeId> seen;
  for (const ChangeStep& step : change) {
    if (step.id == kNobody) return base::invalid("node 0 is nobody");
    if (!seen.insert(step.id).second) return base::invalid(name(step.id) + " is named twice");
    TRY(apply_step(step, at, &to));
  }
  if (to.voters.empty()) return base::invalid("no voter would remain");
  if (to.voters != current.voters) to.outgoing = current.voters;
  TRY(validate(to));
  return to;
}

Configuration leave_joint(const Configuration& joint) {
  Configuration to = joint;
  to.outgoing.clear();
  to.learners.merge(to.learners_next);
  to.learners_next.clear();
  std::erase_if(to.members, [&](const auto& member) { return roles_of(to, member.first) == 0; });
  return to;
}

Result<Configuration> first_configuration(const std::map<NodeId, std::string>& contexts) {
  Configuration first;
  for (const auto& [id, context] : contexts) {
    first.members[id] = Member{Session{1}, context};
    first.voters.insert(id);
  }
  TRY(validate(first));
  return first;
}

Status validate(const Configuration& configuration) {
  const Configuration& c = configuration;
  if (c.voters.empty()) return base::invalid("a configuration without voters");
  for (const auto& [id, member] : c.members) {
    if (id == kNobody) return base::invalid("node 0 is nobody");
    if (member.session.value == 0) return base::invalid(name(id) + " has no session");
    if (member.context.size() > kContextBytesMax) return base::invalid(name(id) + ": its context is too long");
    if (roles_of(c, id) == 0) return base::invalid(name(id) + " has no role");
  }
  for (const auto* half : {&c.voters, &c.outgoing, &c.learners, &c.learners_next}) {
    for (NodeId id : *half) {
      if (!c.contains(id)) return base::invalid(name(id) + " has a role but is not a member");
    }
  }
  if (overlap(c.learners, c.voters) || overlap(c.learners, c.outgoing)) return base::invalid("a voter is a learner as well");
  if (overlap(c.learners_next, c.voters)) return base::invalid("a voter becomes a learner and stays a voter");
  if (!std::includes(c.outgoing.begin(), c.outgoing.end(), c.learners_next.begin(), c.learners_next.end())) {
    return base::invalid("somebody becomes a learner who is no outgoing voter");
  }
  return {};
}

std::string encode(const Configuration& configuration) {
  std::string out;
  put(&out, kVersion, 1);
  put(&out, configuration.members.size(), 4);
  for (const auto& [id, member] : configuration.members) {
    put(&out, id.value, 8);
    put(&out, member.session.value, 8);
    put(&out, roles_of(configuration, id), 1);
    put(&out, member.context.size(), 4);
    out += member.context;
  }
  return out;
}

Result<Configuration> decode_configuration(std::string_view payload) {
  const Error damaged = base::corrupt("a configuration entry that is damaged");
  Reader in(payload);
  if (in.number(1) != kVersion) return base::corrupt("a configuration entry of an unknown version");
  const auto count = in.number(4);
  if (!count) return damaged;
  Configuration out;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto id = in.number(8), session = in.number(8), roles = in.number(1), length = in.number(4);
    if (!length) return damaged;
    auto context = in.text(*length);
    if (!context || *roles > 15) return damaged;
    const NodeId node{*id};
    if (!out.members.empty() && node <= out.members.rbegin()->first) return damaged;
    out.members[node] = Member{Session{*session}, std::move(*context)};
    if (*roles & kVoter) out.voters.insert(node);
    if (*roles & kOutgoing) out.outgoing.insert(node);
    if (*roles & kLearner) out.learners.insert(node);
    if (*roles & kLearnerNext) out.learners_next.insert(node);
  }
  if (!in.at_end()) return damaged;
  if (auto status = validate(out); !status.ok()) return base::corrupt("a configuration entry: " + status.error().message());
  return out;
}

ConfigurationHistory::ConfigurationHistory(Index at, Configuration first) { reset(at, std::move(first)); }

const Configuration& ConfigurationHistory::at(Index index) const {
  const auto after = std::upper_bound(history_.begin(), history_.end(), index,
                                      [](Index i, const auto& entry) { return i < entry.first; });
  return after == history_.begin() ? history_.front().second : std::prev(after)->second;
}

void ConfigurationHistory::append(Index index, Configuration configuration) {
  ENSURE(index > current_index(), "configurations are appended in order");
  history_.emplace_back(index, std::move(configuration));
}

void ConfigurationHistory::truncate_from(Index first) {
  while (history_.size() > 1 && history_.back().first >= first) history_.pop_back();
}

void ConfigurationHistory::compact_to(Index index) {
  const auto keep = std::find_if(history_.rbegin(), history_.rend(), [&](const auto& entry) { return entry.first <= index; });
  if (keep != history_.rend()) history_.erase(history_.begin(), std::prev(keep.base()));
}

void ConfigurationHistory::reset(Index at, Configuration configuration) {
  history_.clear();
  history_.emplace_back(at, std::move(configuration));
}

}  // namespace bao::raft
