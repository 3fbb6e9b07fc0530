// Who belongs to the group, and what a majority is. Joint consensus: a change goes through a configuration in which both
// the outgoing and the incoming voters must agree. Immutable values.
// Source: Ongaro's thesis 4.3 (joint consensus), 4.2.1 (learners).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

struct Member {
  Session session;      // the index of the entry that added it
  std::string context;  // name and addresses, for the layers above
  bool operator==(const Member&) const = default;
};

struct Configuration {
  std::map<NodeId, Member> members;  // everybody below, once
  std::set<NodeId> voters;           // C_new while joint
  std::set<NodeId> outgoing;         // C_old while joint, otherwise empty
  std::set<NodeId> learners;         // receive the log, don't count
  std::set<NodeId> learners_next;    // outgoing voters that become learners when the joint phase ends

  bool joint() const { return !outgoing.empty(); }
  bool contains(NodeId id) const { return members.contains(id); }
  bool votes(NodeId id) const { return voters.contains(id) || outgoing.contains(id); }
  bool operator==(const Configuration&) const = default;
};

struct ChangeStep {
  enum class Kind : uint8_t { add_learner, promote, demote, remove, update_context };
  Kind kind;
  NodeId id;
  std::string context;  // add_learner, update_context
};
// All steps take effect together, through a joint configuration when the voters change.
using ConfigurationChange = std::vector<ChangeStep>;

// The configuration that the entry at `at` holds when the change is proposed on top of `current`, joint when voters
// change. Errors: invalid (no voter would remain, an unknown or zero id, an id twice, promotion of somebody who is no
// learner), conflict (current is joint).
base::Result<Configuration> apply_change(const Configuration& current, const ConfigurationChange& change, Index at);
// The end of a joint phase.
Configuration leave_joint(const Configuration& joint);
// A first configuration: every member a voter, sessions 1.
base::Result<Configuration> first_configuration(const std::map<NodeId, std::string>& contexts);
// Empty when every rule of a configuration holds (checked for everything that comes from outside).
base::Status validate(const Configuration& configuration);

// The payload of configuration entries, deterministic. Errors of decode: corrupt.
std::string encode(const Configuration& configuration);
base::Result<Configuration> decode_configuration(std::string_view payload);

// The configurations that stand in the log and the one at its start: in force is always the last one appended (a
// configuration counts from the moment it is in the log), rolled back when its entry is truncated.
class ConfigurationHistory {
 public:
  ConfigurationHistory() : ConfigurationHistory(Index{0}, {}) {}  // a node that belongs to nothing yet
  ConfigurationHistory(Index at, Configuration first);
  const Configuration& current() const { return history_.back().second; }
  Index current_index() const { return history_.back().first; }
  // In force at `index`: the last one at or before it.
  const Configuration& at(Index index) const;
  void append(Index index, Configuration configuration);
  void truncate_from(Index first);     // forgets those at or after `first`
  void compact_to(Index index);        // keeps what was in force at `index` and later ones
  void reset(Index at, Configuration configuration);

 private:
  std::vector<std::pair<Index, Configuration>> history_;  // rising, never empty
};

}  // namespace bao::raft
