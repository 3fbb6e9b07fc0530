// raft/peers.json: after a majority was lost for good, the operator says who the members are from now on (openbao-ha.md 5.9), on each
// node that is left, all alike:
//   [{"id": "node1", "address": "10.0.0.1:8201", "non_voter": false}, …]
// Members keep their certificates; whoever isn't named is a member no more.
//
//   peers.json ── taken at a start ──▶ peers.recovering ── a configuration of the new members is committed ──▶ gone
//
// Until then each start begins with these members anew. The recovered cluster counts its indexes within a new epoch, which every member's
// record carries (MemberContext::epoch): by it a node knows whether the recovery that it began is over.
#pragma once

#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/raft/core/configuration.h"
#include "internal/raft/driver/driver.h"

namespace bao::cluster {

class PeersFile {
 public:
  // `folder`: of the data.
  explicit PeersFile(const std::string& folder);
  // Whether the operator left one.
  bool given() const;
  // The members that a start begins with in place of `known`; nothing: those that are known. Errors name the file: invalid (what it says
  // cannot be: this node `own_name` isn't named, nobody votes, somebody is unknown or twice there), unavailable.
  base::Result<std::optional<raft::Configuration>> members(const raft::Configuration& known, const std::string& own_name);
  // After members() gave some: until the configuration says that they are the members.
  bool recovering() const { return recovering_; }
  // What whoever leads them changes now, so that it says so. Looks whether it does.
  raft::ConfigurationChange changes(const raft::DriverStatus& status);

 private:
  void done();

  const std::string file_, taken_;
  bool recovering_ = false;
  std::string epoch_before_;
};

// What every member's record says; "": never recovered, or nobody is known.
std::string epoch_of(const raft::Configuration& configuration);

}  // namespace bao::cluster
