// Changes of the identity store in one transaction: records are read and written through its view, names are taken with a claim.
// Owned by one request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "internal/core/identity/identity_store.h"
#include "internal/storage/view.h"

namespace bao::core::identity {

class Writer {
 public:
  // `all`: a view of everything that is stored.
  static base::Result<Writer> begin(const IdentityStore& store, storage::WriteView& all, base::Time now);

  const Index& index() const { return *index_; }
  base::Time now() const { return now_; }
  storage::WriteView& all() { return all_; }

  // As the transaction sees them; nothing when absent. By name and alias: the index says which, storage what it is. Whoever else
  // gives that name away meanwhile meets a conflict, or this transaction does. Errors: unavailable when names change too fast.
  base::Result<std::optional<Entity>> entity(std::string_view id) const;
  base::Result<std::optional<Entity>> entity_by_name(std::string_view name);
  base::Result<std::optional<Entity>> entity_by_alias(std::string_view alias_id) const;
  base::Result<std::optional<Entity>> entity_by_factors(std::string_view mount_accessor, std::string_view name);
  base::Result<std::optional<Group>> group(std::string_view id) const;
  base::Result<std::optional<Group>> group_by_name(std::string_view name);
  base::Result<std::optional<Group>> group_by_factors(std::string_view mount_accessor, std::string_view name);
  base::Result<std::optional<Group>> group_by_alias(std::string_view alias_id) const;

  // Give what is missing (id, bucket, name, times) and check the metadata, then write. The last update is whoever's who asks for the
  // change of an entity or a group: a change of its aliases or of where it is a member is none. Errors: internal, as the reference
  // words them.
  base::Status put(Entity& entity);
  base::Status put(Group& group);
  // With its memberships and local aliases.
  base::Status remove(const Entity& entity);
  base::Status remove(const Group& group);
  // A new alias gets an id and times; a changed one its last update.
  base::Status complete(Alias& alias) const;

 private:
  Writer(const IdentityStore& store, storage::WriteView& all, std::shared_ptr<const Index> index, base::Time now)
      : store_(store), all_(all), mount_(all, store.prefix()), index_(std::move(index)), now_(now) {}

  base::Result<Bucket> bucket(const std::string& key) const;
  base::Result<std::optional<std::string>> stored(std::string_view buckets, std::string_view id) const;
  base::Status store(std::string_view buckets, std::string_view id, std::string_view type, std::optional<std::string> message);
  // The index knows whoever holds the name, as the transaction sees it.
  base::Status know(const std::string& folded_name);
  base::Status claim(const std::string& folded_name);
  base::Status claim_names(const Entity& entity);
  template <typename Find>
  base::Result<std::string> free_name(std::string_view kind, Find taken);

  const IdentityStore& store_;
  storage::WriteView& all_;
  storage::PrefixWriteView mount_;
  std::shared_ptr<const Index> index_;
  base::Time now_;
  std::set<size_t> known_, claimed_;  // slots
};

}  // namespace bao::core::identity
