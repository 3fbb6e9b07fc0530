// Revocation lists that no single transaction can make, of up to some millions of entries: on the active node, by turns of the backend's
// `work`. What is revoked is collected over many transactions that read, five thousand entries each; the lists are signed in memory (36
// bytes an entry) and stored part by part under keys that nobody reads yet; one last transaction puts them in force. What was revoked
// meanwhile has raised `CrlMap::unfinished`: another build follows, a minute later at the earliest. A build that a takeover ends is begun
// anew by the next active node, and what it stored is removed by the build that comes to its end.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/engines/pki/crl_groups.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki {

class LongLists {
 public:
  explicit LongLists(const RevokerSource& revokers) : revokers_(revokers) {}

  // When this node becomes active, and by `invalidate`. Thread-safe.
  void begin_anew() { is_stale_ = is_pending_ = true; }
  void invalidate(std::string_view key);
  // Some steps of a build, where one is due: a tenth of a second. One thread.
  base::Status work(base::Time now, const logical::Backend::Transact& transact);

 private:
  struct Build {
    RevokerList revokers;  // `groups` points into it
    CrlConfig config;
    CrlMap map;            // as it was
    CrlMap next;           // as it will be
    std::vector<Group> groups;
    std::string after;     // the last entry that was collected
    bool is_collected = false, is_signed = false, is_adopted = false;
    std::vector<NumberedCrl> lists{};
    size_t list = 0;       // the next part that is stored is `part` of this one
    int64_t part = 0;
    std::vector<std::string> notes{};  // for delta lists, which the complete ones make needless
  };

  base::Status begin(const logical::Backend::Transact& transact);
  base::Status step(Build& build, base::Time now, const logical::Backend::Transact& transact);
  base::Status collect(Build& build, const logical::Backend::Transact& transact);
  base::Status sign(Build& build, base::Time now, const logical::Backend::Transact& transact);
  base::Status store(Build& build, const logical::Backend::Transact& transact);
  base::Status adopt(Build& build, base::Time now, const logical::Backend::Transact& transact);
  base::Status remove_notes(Build& build, const logical::Backend::Transact& transact);

  const RevokerSource& revokers_;
  std::atomic<bool> is_pending_{true}, is_stale_{false};
  std::optional<Build> build_;  // the working thread's, as is the next
  base::Time next_build_{};
};

}  // namespace bao::engines::pki
