// Who the members are and where: as the configuration says, as they say since, and as this one says of itself. Thread-safe; nothing is
// taken under its lock.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/cluster/contacts.h"
#include "internal/raft/transport/transport.h"

namespace bao::cluster {

class Roster {
 public:
  explicit Roster(raft::NodeId own) : own_(own) {}
  raft::NodeId own() const { return own_; }

  // What this node says of itself from now on.
  void set_own(const core::MemberRecord& record) EXCLUDES(mutex_);
  // Members of the group that this node is about to belong to, until the configuration says who they are.
  void invited(const std::vector<core::MemberRecord>& members) EXCLUDES(mutex_);
  // The configuration says so now; true: other than before.
  bool configured(const raft::Configuration& configuration) EXCLUDES(mutex_);

  // As far as it is known here; nothing: no member.
  std::optional<core::MemberRecord> known(raft::NodeId member) const EXCLUDES(mutex_);
  // As the configuration says.
  std::optional<core::MemberRecord> configured(raft::NodeId member) const EXCLUDES(mutex_);
  // Those that stay learners.
  std::set<raft::NodeId> non_voters() const EXCLUDES(mutex_);
  // Everybody else, with where to look for it.
  raft::Peers others() const EXCLUDES(mutex_);
  // Another number when others() may be another answer.
  uint64_t changes() const EXCLUDES(mutex_);

  // A member may be there (contacts.h); of nobody who is none, and of this one, nothing is noted.
  void hint(raft::NodeId member, const std::string& address) EXCLUDES(mutex_);
  void try_the_other() EXCLUDES(mutex_);
  // A member says this of itself. False: there is none of that name and id.
  bool heard(const core::MemberRecord& record) EXCLUDES(mutex_);

  // Whom this node has something to tell: those whose address is a hint; and everybody, if the configuration doesn't say what this node
  // says, or if nobody is known to lead.
  std::vector<raft::NodeId> to_tell(bool leaderless) const EXCLUDES(mutex_);
  // What is known of all members, this one first.
  std::vector<MemberContext> all() const EXCLUDES(mutex_);
  // What the configuration doesn't say yet of members that said so themselves.
  std::vector<MemberContext> unconfigured() const EXCLUDES(mutex_);
  // A member whose next certificate the configuration has.
  std::optional<MemberContext> offering() const EXCLUDES(mutex_);

 private:
  void changed() REQUIRES(mutex_);

  const raft::NodeId own_;
  mutable base::Mutex mutex_{base::Rank::cluster};
  core::MemberRecord own_record_ GUARDED_BY(mutex_);
  Contexts contexts_ GUARDED_BY(mutex_);   // of the configuration; of the invitation before there is one
  Contacts contacts_ GUARDED_BY(mutex_);
  uint64_t changes_ GUARDED_BY(mutex_) = 0;
  // Of the above; looked at many times a second, and nearly never another.
  bool own_is_configured_ GUARDED_BY(mutex_) = false;
  std::vector<MemberContext> unconfigured_ GUARDED_BY(mutex_);
};

}  // namespace bao::cluster
