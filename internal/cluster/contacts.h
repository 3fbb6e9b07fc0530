// Where members are found while the configuration does not say it (yet): an address is a hint, who somebody is is an id and a key.
// What a member says of itself comes over a connection that its certificate proves, and whoever leads takes it into the
// configuration. What others say of it, or its API port, is an address to try, and no more. Owned by one thread at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/cluster/member_record.h"
#include "internal/raft/core/types.h"

namespace bao::cluster {

using Contexts = std::map<raft::NodeId, MemberContext>;

class Contacts {
 public:
  // A member said this of itself.
  void heard(const core::MemberRecord& record);
  // Somebody said this of a member that was not heard of; it may be older than the configuration. Both are tried in turn until the member
  // is heard of, or the configuration says something new of it.
  void hint(const core::MemberRecord& configured, const std::string& address);
  bool hinted(raft::NodeId member) const { return hints_.contains(member); }
  bool hints() const { return !hints_.empty(); }
  void try_the_other() { by_hints_ = !by_hints_; }
  // The configuration went from `before` to `now`. What it says anew is newer than what was heard: a member that has moved on
  // since says so again.
  void configured(const Contexts& before, const Contexts& now);

  // As far as known here: `configured`, or what it said since.
  core::MemberRecord known(const core::MemberRecord& configured) const;
  // Where to look for it.
  std::string address_of(const core::MemberRecord& configured) const;
  // What whoever leads takes into the configuration.
  std::vector<core::MemberRecord> news(const Contexts& configured) const;

 private:
  std::map<raft::NodeId, core::MemberRecord> heard_;
  std::map<raft::NodeId, std::string> hints_;
  bool by_hints_ = false;
};

// What members tell each other over calls: the sender's record first, then what it knows of the others. It begins with a zero
// byte, as no forwarded request does.
std::string encode_news(const std::vector<MemberContext>& members);
bool is_news(std::string_view call);
// Errors: invalid (shape, or no record at all).
base::Result<std::vector<MemberContext>> decode_news(std::string_view call);

}  // namespace bao::cluster
