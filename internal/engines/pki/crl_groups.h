// Which issuers share a revocation list, which entry belongs on whose, and how a list is numbered and signed: what every way of building
// lists needs (crl_build.h, long_lists.h). Pure but for the view.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/crypto/x509/crl.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/revoked_entry.h"
#include "internal/engines/pki/revoker.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Issuers that share a list. Points into the revokers it was made of.
struct Group {
  std::string list_id;
  std::vector<const Revoker*> members;
  const Revoker* signer = nullptr;  // nullptr: nobody of them may sign it
  bool holds_default = false;
  crypto::x509::RevokedList revoked{};
};

// Groups in the order of their first members, without those that nobody signs for; list ids are those of before, where any member had one.
std::vector<Group> grouped(const std::vector<Revoker>& revokers, CrlMap& map);

// Forgets issuers that are gone and lists that nobody has any more.
base::Status drop_orphans(storage::WriteView& view, const std::vector<Revoker>& revokers, CrlMap& map);

// Whose list a revoked certificate belongs on.
class Assignment {
 public:
  explicit Assignment(std::vector<Group>& groups);
  // nullptr where no list can hold it.
  Group* group_of(const RevokedEntry& entry);
  // By the name of its key below revoked/.
  base::Status add(const std::string& key, const RevokedEntry& entry);

 private:
  std::vector<Group>& groups_;
  std::map<std::string, size_t, std::less<>> group_of_issuer_;
};

// Issuers of the mount that were revoked stand on the lists of those who issued them, never on their own.
base::Status collect_issuers(const std::vector<Revoker>& revokers, std::vector<Group>& groups, const storage::ReadView& view);

// The list that comes next for a group; the map knows its number afterwards.
base::Result<NumberedCrl> next_list(CrlMap& map, const CrlConfig& config, const Group& group, CrlKind kind, base::Time now);

// In whole seconds, as lists tell times.
crypto::x509::Seconds seconds_of(base::Time time);

}  // namespace bao::engines::pki
