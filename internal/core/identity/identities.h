// What the rest of the core asks of identity: what an entity gives to its tokens, and which entity logs in. Finds the mount by the
// router in force. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/core/identity/current_router.h"
#include "internal/core/identity/standing.h"
#include "internal/storage/view.h"

namespace bao::core::identity {

// Somebody came through a mount, as its method knows him.
struct Arrival {
  const Mount& mount;
  std::string name;
  OptionalMetadata metadata{};
  std::vector<std::string> groups{};  // names of his groups there
};

struct Arrived {
  std::string entity_id;
  bool created = false;  // for this arrival
  bool disabled = false;
  std::vector<std::string> policies;  // of identity
};

class Identities {
 public:
  explicit Identities(CurrentRouter router) : router_(std::move(router)) {}

  // nullptr: there is no such entity (any more).
  base::Result<std::shared_ptr<const Standing>> standing(std::string_view entity_id) const;

  // The entity of who arrives, when there is one and nothing about it is to be written.
  base::Result<std::optional<Arrived>> find(const Arrival& arrival) const;
  // The same; else makes the entity, refreshes the alias and the external groups. A view over the whole barrier: of two who arrive
  // at once for the first time one meets a conflict.
  base::Result<Arrived> find_or_make(storage::WriteView& all, const Arrival& arrival, base::Time now) const;
  // Ids of the groups, inherited ones included, that who arrives as that entity is a member of once his arrival is written.
  base::Result<std::vector<std::string>> groups_of(const Arrival& arrival, std::string_view entity_id) const;
  // What the entity keeps of its second factors (core/mfa), by method; as the transaction has it.
  base::Result<std::map<std::string, std::string>> factor_secrets(storage::WriteView& all, std::string_view entity_id, base::Time now) const;
  // Puts the entity into the external groups that a mount names, and out of those of that mount that it doesn't.
  base::Status refresh_groups(storage::WriteView& all, std::string_view entity_id, std::string_view mount_accessor,
                              const std::vector<std::string>& names, base::Time now) const;

 private:
  CurrentRouter router_;
};

}  // namespace bao::core::identity
