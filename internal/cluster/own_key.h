// The key that this member's connections are known by, and how it changes (ARCHITECTURE D18), step by step, each of which may be the last
// before a crash:
//
//   made, kept in the file beside the one in use ─▶ offered to the leader ─▶ in this member's record as its next certificate
//   ─▶ every member holds that record: the leader makes it the certificate, the other the old one ─▶ used for connections
//   ─▶ after the overlap this member says that the old one is over ─▶ gone from the record
//
// Both certificates count with the others as long as both are in the record; which one is in use after a start, the record says.
// Thread-safe. What changes it does so one after another, the file included; who asks for it waits for none of them. Times are given.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
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
  base::Status make(const std::string& name, base::Time now) EXCLUDES(changing_);
  // From the file, else made; then kept there. Errors: unavailable.
  base::Status open(const core::KeySealing& sealing, const std::string& name, base::Time now) EXCLUDES(changing_);

  // The node is sealed: forget() may from now on, until it is opened again.
  void close() EXCLUDES(changing_);
  // Only the certificates stay in memory. Nothing to do before open() and close(), and after hold().
  void forget() EXCLUDES(changing_);
  // What opens the file is of data that is gone: the key stays in memory until it is sealed anew by open().
  void hold() EXCLUDES(changing_);

  // Nothing: there is none, or it is forgotten.
  std::optional<crypto::CertificateAndKey> current() const;
  // "": there is none.
  std::string certificate() const;
  // What this member says of its certificates.
  void tell(core::MemberRecord& record) const;
  // Another number when tell() may say something else.
  uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  // Does what is due by what the configuration says of this member; true: another key is in use.
  bool tend(const core::MemberRecord& configured, const std::string& name, base::Time now) EXCLUDES(changing_);
  // Connections are made with it from `now` on.
  void in_use(Time now) EXCLUDES(changing_);
  // The overlap is over; true once.
  bool overlap_ended(Time now) EXCLUDES(changing_);

 private:
  struct Held {
    NodeKeys keys;
    std::string old_certificate;
  };
  base::Status make_unless_there(const std::string& name, base::Time now) REQUIRES(changing_);
  void keep(const NodeKeys& keys) const REQUIRES(changing_);
  void hold_now(Held held) REQUIRES(changing_);

  const std::string file_;
  const base::Duration life_, overlap_;
  base::Published<Held> held_;  // nothing: there is no key yet
  std::atomic<uint64_t> changes_{0};
  base::Mutex changing_{base::Rank::node_key};
  std::optional<core::KeySealing> sealing_ GUARDED_BY(changing_);
  bool closed_ GUARDED_BY(changing_) = true, outlives_ GUARDED_BY(changing_) = false;
  std::optional<Time> overlap_until_ GUARDED_BY(changing_);
};

}  // namespace bao::cluster
