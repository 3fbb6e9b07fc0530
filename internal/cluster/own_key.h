// The key that this member's connections are known by, and how it changes (ARCHITECTURE D18), step by step, each of which may be the last
// before a crash:
//
//   made, kept in the file beside the one in use ─▶ offered to the leader ─▶ in this member's record as its next certificate
//   ─▶ every member holds that record: the leader makes it the certificate, the other the old one ─▶ used for connections
//   ─▶ after the overlap this member says that the old one is over ─▶ gone from the record
//
// Both certificates count with the others as long as both are in the record; which one is in use after a start, the record says. Owned by
// one thread at a time; times are given.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/cluster/node_key.h"
#include "internal/core/ha/cluster.h"

namespace bao::cluster {

class OwnKey {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // `file`: where it is kept, sealed; `life`: of a key; `overlap`: how long connections of the old one go on.
  OwnKey(std::string file, base::Duration life, base::Duration overlap) : file_(std::move(file)), life_(life), overlap_(overlap) {}

  // Makes one unless there is one.
  base::Status make(const std::string& name, base::Time now);
  // From the file, else made; then kept there. Errors: unavailable.
  base::Status open(const core::KeySealing& sealing, const std::string& name, base::Time now);

  // While the node is sealed: only the certificates stay in memory. Nothing to do before open(), and after hold().
  void forget();
  // What opens the file is of data that is gone: the key stays in memory until it is sealed anew by open().
  void hold() { held_ = true; }

  bool there() const { return keys_.has_value(); }
  const std::string& certificate() const { return keys_->current.certificate; }
  const base::SecretBytes& private_key() const { return keys_->current.private_key; }
  // What this member says of its certificates.
  void tell(core::MemberRecord& record) const;

  // Does what is due by what the configuration says of this member; true: another key is in use.
  bool tend(const core::MemberRecord& configured, const std::string& name, base::Time now);
  // Connections are made with it from `now` on.
  void in_use(Time now);
  // The overlap is over; true once.
  bool overlap_ended(Time now);

 private:
  void keep() const;

  const std::string file_;
  const base::Duration life_, overlap_;
  std::optional<core::KeySealing> sealing_;
  std::optional<NodeKeys> keys_;
  std::string old_certificate_;
  bool held_ = false;
  std::optional<Time> overlap_until_;
};

}  // namespace bao::cluster
