// Everything of the identity store in memory, found by every key that requests have. Immutable once published; made from the
// one before it, bucket by bucket, sharing what didn't change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/core/identity/bucket.h"
#include "internal/core/identity/persistent_map.h"
#include "internal/core/identity/records.h"

namespace bao::core::identity {

// A record as it was read. `serial` is new whenever its content is: what was made of it may be kept under that number.
template <typename Record>
struct Kept {
  Record record;
  std::string stored;  // the message it was read from
  uint64_t serial = 0;
};
using KeptEntity = std::shared_ptr<const Kept<Entity>>;
using KeptGroup = std::shared_ptr<const Kept<Group>>;

// How names and aliases are compared: in lower case.
std::string folded(std::string_view name);
// What stands for an alias: the accessor of its mount, and its name.
std::string factors_of(std::string_view mount_accessor, std::string_view name);

class Index {
 public:
  // By the key of its bucket relative to the mount, with what is stored there now ("": nothing). Errors: corrupt; the index is
  // of no more use then. Keys of other things are passed over.
  base::Status apply(std::string_view key, std::string_view stored);

  KeptEntity entity(std::string_view id) const;
  // The same, or the one that it was merged into.
  KeptEntity entity_or_heir(std::string_view id) const;
  KeptEntity entity_by_name(std::string_view name) const;
  KeptEntity entity_by_alias(std::string_view alias_id) const;
  KeptEntity entity_by_factors(std::string_view mount_accessor, std::string_view name) const;
  KeptGroup group(std::string_view id) const;
  KeptGroup group_by_name(std::string_view name) const;
  KeptGroup group_by_alias(std::string_view alias_id) const;
  KeptGroup group_by_factors(std::string_view mount_accessor, std::string_view name) const;

  // Groups that an entity is a member of, directly, then those reached through parents; each once, in a steady order.
  struct Membership {
    std::vector<KeptGroup> direct, inherited;
  };
  Membership groups_of(std::string_view entity_id) const;
  // The same for whoever is a member of these.
  Membership with_parents(std::vector<KeptGroup> direct) const;
  std::vector<std::string> member_groups(std::string_view group_id) const;

  void for_each_entity(const std::function<void(const Entity&)>& visit) const;
  void for_each_group(const std::function<void(const Group&)>& visit) const;

  // What the last writer of names in that slot left there (claims.h).
  const std::string& claim(size_t slot) const { return claims_.at(slot); }
  uint64_t seen = 0;  // by the store: marks that this index knows of

 private:
  using Ids = std::vector<std::string>;
  using Listed = std::array<std::shared_ptr<const Ids>, 256>;  // ids in each bucket

  base::Status apply_entities(size_t number, const Bucket& bucket);
  base::Status apply_local_aliases(size_t number, const Bucket& bucket);
  base::Status apply_groups(size_t number, const Bucket& bucket);
  base::Status rebuild_entity(std::string_view id, std::string stored);
  void replace_entity(std::string_view id, KeptEntity next);
  void replace_group(std::string_view id, KeptGroup next);

  PersistentMap<KeptEntity> entities_;
  PersistentMap<std::string> local_aliases_;  // messages by the entity's id
  PersistentMap<std::string> entity_by_name_, entity_by_alias_, entity_by_factors_, heirs_;
  PersistentMap<KeptGroup> groups_;
  PersistentMap<std::string> group_by_name_, group_by_alias_, group_by_factors_;
  PersistentMap<Ids> groups_by_member_, groups_by_parent_;
  Listed listed_entities_, listed_local_aliases_, listed_groups_;
  std::array<std::string, 256> claims_;
};

}  // namespace bao::core::identity
