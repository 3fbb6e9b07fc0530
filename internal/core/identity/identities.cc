#include "internal/core/identity/identities.h"

#include <algorithm>

#include "internal/core/identity/external_groups.h"
#include "internal/core/identity/identity_backend.h"

namespace bao::core::identity {
namespace {

using base::Result;
using base::Status;

struct Place {
  std::shared_ptr<const Router> router;  // keeps the mount alive
  const Mount* mount = nullptr;
  const IdentityStore* store = nullptr;  // nullptr: there is no identity mount
};

Place find_place(const CurrentRouter& current) {
  Place place{current()};
  if (place.router == nullptr) return place;
  const auto* mount = place.router->find("identity/");  // it is nowhere else
  place.mount = mount == nullptr ? nullptr : mount->get();
  if (place.mount != nullptr) place.store = identity_store_of(*place.mount->backend);
  return place;
}

base::Error no_identity() { return {base::Code::unavailable, "there is no identity store"}; }

// In the letters that the alias was made with: another spelling is the same alias, whose metadata stays.
Alias* alias_of(Entity& entity, const Arrival& arrival) {
  const auto found = std::find_if(entity.aliases.begin(), entity.aliases.end(), [&](const Alias& a) {
    return a.name == arrival.name && a.mount_accessor == arrival.mount.entry.accessor;
  });
  return found == entity.aliases.end() ? nullptr : &*found;
}

// No metadata and an empty one are the same in what lies at rest.
bool is_fresh(const Alias& alias, const Arrival& arrival) {
  return alias.metadata.value_or(Metadata()) == arrival.metadata.value_or(Metadata());
}

Alias new_alias(const Arrival& arrival, const Entity& entity) {
  Alias alias;
  alias.canonical_id = entity.id;
  alias.name = arrival.name;
  alias.mount_accessor = arrival.mount.entry.accessor;
  alias.mount_path = arrival.mount.mount_point;
  alias.mount_type = arrival.mount.entry.type;
  alias.metadata = arrival.metadata;
  alias.local = arrival.mount.entry.local;
  return alias;
}

Result<Entity> make_entity(Writer& writer, const Arrival& arrival) {
  Entity entity;
  TRY(writer.put(entity));  // gives it an id
  Alias alias = new_alias(arrival, entity);
  TRY(writer.complete(alias));
  entity.aliases.push_back(std::move(alias));
  TRY(writer.put(entity));
  return entity;
}

Status refresh_alias(Writer& writer, const Arrival& arrival, Entity& entity) {
  Alias* alias = alias_of(entity, arrival);
  if (alias == nullptr || is_fresh(*alias, arrival)) return {};
  alias->metadata = arrival.metadata;
  alias->last_update_time = writer.now();
  return writer.put(entity);
}

}  // namespace

Result<std::shared_ptr<const Standing>> Identities::standing(std::string_view entity_id) const {
  const Place place = find_place(router_);
  if (place.store == nullptr) return std::shared_ptr<const Standing>();
  return place.store->standing(entity_id);
}

Result<std::optional<Arrived>> Identities::find(const Arrival& arrival) const {
  const Place place = find_place(router_);
  if (place.store == nullptr) return no_identity();
  ASSIGN_OR_RETURN(const auto index, place.store->index());
  const std::string& accessor = arrival.mount.entry.accessor;
  const KeptEntity entity = index->entity_by_factors(accessor, arrival.name);
  if (entity == nullptr) return std::optional<Arrived>();
  for (const Alias& alias : entity->record.aliases) {
    const bool same = alias.name == arrival.name && alias.mount_accessor == accessor;
    if (same && !is_fresh(alias, arrival)) return std::optional<Arrived>();
  }
  if (!group_change(*index, entity->record.id, accessor, arrival.groups).empty()) return std::optional<Arrived>();
  ASSIGN_OR_RETURN(const auto standing, place.store->standing(entity->record.id));
  if (standing == nullptr) return std::optional<Arrived>();
  return std::optional(Arrived{entity->record.id, false, standing->disabled, standing->policies});
}

Result<Arrived> Identities::find_or_make(storage::WriteView& all, const Arrival& arrival, base::Time now) const {
  ASSIGN_OR_RETURN(auto known, find(arrival));
  if (known) return std::move(*known);
  const Place place = find_place(router_);
  if (place.store == nullptr) return no_identity();
  ASSIGN_OR_RETURN(Writer writer, Writer::begin(*place.store, all, now));
  const std::string& accessor = arrival.mount.entry.accessor;
  ASSIGN_OR_RETURN(auto entity, writer.entity_by_factors(accessor, arrival.name));
  const bool created = !entity;
  if (created) {
    ASSIGN_OR_RETURN(entity, make_entity(writer, arrival));
  } else {
    TRY(refresh_alias(writer, arrival, *entity));
  }
  const GroupChange change = group_change(writer.index(), entity->id, accessor, arrival.groups);
  TRY(change_groups(writer, entity->id, change));
  return Arrived{entity->id, created, entity->disabled, policies_of(*entity, groups_after(writer.index(), entity->id, change))};
}

Result<std::vector<std::string>> Identities::groups_of(const Arrival& arrival, std::string_view entity_id) const {
  const Place place = find_place(router_);
  if (place.store == nullptr) return no_identity();
  ASSIGN_OR_RETURN(const auto index, place.store->index());
  const GroupChange change = group_change(*index, entity_id, arrival.mount.entry.accessor, arrival.groups);
  const Index::Membership groups = groups_after(*index, entity_id, change);
  std::vector<std::string> ids;
  for (const auto& some : {groups.direct, groups.inherited}) {
    for (const KeptGroup& group : some) ids.push_back(group->record.id);
  }
  return ids;
}

Result<std::map<std::string, std::string>> Identities::factor_secrets(storage::WriteView& all, std::string_view entity_id, base::Time now) const {
  const Place place = find_place(router_);
  if (place.store == nullptr) return no_identity();
  ASSIGN_OR_RETURN(Writer writer, Writer::begin(*place.store, all, now));
  ASSIGN_OR_RETURN(auto entity, writer.entity(entity_id));
  return entity ? std::move(entity->mfa_secrets) : std::map<std::string, std::string>();
}

Status Identities::refresh_groups(storage::WriteView& all, std::string_view entity_id, std::string_view mount_accessor,
                                  const std::vector<std::string>& names, base::Time now) const {
  const Place place = find_place(router_);
  if (place.store == nullptr) return {};
  ASSIGN_OR_RETURN(const auto index, place.store->index());
  const KeptEntity entity = index->entity_or_heir(entity_id);
  if (entity == nullptr) return {};
  const GroupChange change = group_change(*index, entity->record.id, mount_accessor, names);
  if (change.empty()) return {};
  ASSIGN_OR_RETURN(Writer writer, Writer::begin(*place.store, all, now));
  return change_groups(writer, entity->record.id, change);
}

}  // namespace bao::core::identity
