#include "internal/core/identity/writer.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "internal/codec/encoding.h"
#include "internal/core/identity/claims.h"
#include "internal/core/identity/metadata_rules.h"
#include "internal/crypto/hash.h"
#include "internal/logical/response.h"

namespace bao::core::identity {
namespace {

using base::Result;
using base::Status;

constexpr auto kToldWithin = std::chrono::seconds(2);

std::string claim_key(size_t slot) { return std::string(kClaims) += std::to_string(slot); }
std::string name_claim(std::string_view kind, std::string_view name) { return (std::string(kind) += " ") += folded(name); }
std::string alias_claim(std::string_view kind, std::string_view mount_accessor, std::string_view name) {
  return (std::string(kind) += " alias ") += factors_of(mount_accessor, name);
}

template <typename Record, typename Get>
Result<std::optional<Record>> by(const std::shared_ptr<const Kept<Record>>& known, Get get) {
  if (known == nullptr) return std::optional<Record>();
  return get(known->record.id);
}

}  // namespace

Result<Writer> Writer::begin(const IdentityStore& store, storage::WriteView& all, base::Time now) {
  ASSIGN_OR_RETURN(auto index, store.index());
  return Writer(store, all, std::move(index), now);
}

Result<Bucket> Writer::bucket(const std::string& key) const {
  ASSIGN_OR_RETURN(const auto stored, mount_.get(key));
  Bucket bucket;
  if (stored) {
    ASSIGN_OR_RETURN(bucket, parse_bucket(*stored));
  }
  bucket.key = key;
  return bucket;
}

Result<std::optional<std::string>> Writer::stored(std::string_view buckets, std::string_view id) const {
  ASSIGN_OR_RETURN(const Bucket held, bucket(bucket_key(buckets, id)));
  const Bucket::Item* item = held.find(id);
  return item == nullptr ? std::optional<std::string>() : std::optional(item->message);
}

Status Writer::store(std::string_view buckets, std::string_view id, std::string_view type, std::optional<std::string> message) {
  ASSIGN_OR_RETURN(Bucket held, bucket(bucket_key(buckets, id)));
  if (message) held.put(id, type, std::move(*message));
  else held.remove(id);
  return mount_.put(held.key, serialize_bucket(held));
}

// What was applied is told at once: the index knows whoever changed the slot before, or soon will.
Status Writer::know(const std::string& folded_name) {
  const size_t slot = claim_slot(folded_name);
  if (!known_.insert(slot).second) return {};
  ASSIGN_OR_RETURN(const auto stored, mount_.get(claim_key(slot)));
  const auto until = std::chrono::steady_clock::now() + kToldWithin;
  while (index_->claim(slot) != stored.value_or("")) {
    if (std::chrono::steady_clock::now() > until) {
      return base::Error(base::Code::unavailable, "identity names are changing at this moment; try again");
    }
    std::this_thread::yield();
    ASSIGN_OR_RETURN(index_, store_.index());
  }
  return {};
}

Status Writer::claim(const std::string& folded_name) {
  TRY(know(folded_name));
  const size_t slot = claim_slot(folded_name);
  if (!claimed_.insert(slot).second) return {};
  return mount_.put(claim_key(slot), codec::to_hex(crypto::random_bytes(8)));
}

Result<std::optional<Entity>> Writer::entity(std::string_view id) const {
  ASSIGN_OR_RETURN(const auto message, stored(kEntityBuckets, id));
  if (!message) return std::optional<Entity>();
  ASSIGN_OR_RETURN(Entity entity, parse_entity(*message));
  ASSIGN_OR_RETURN(const auto local, stored(kLocalAliasBuckets, id));
  if (local) {
    ASSIGN_OR_RETURN(auto aliases, parse_local_aliases(*local));
    entity.aliases.insert(entity.aliases.end(), aliases.begin(), aliases.end());
  }
  return std::optional(std::move(entity));
}

Result<std::optional<Entity>> Writer::entity_by_name(std::string_view name) {
  TRY(know(name_claim("entity", name)));
  return by(index_->entity_by_name(name), [this](const std::string& id) { return entity(id); });
}
Result<std::optional<Entity>> Writer::entity_by_alias(std::string_view alias_id) const {
  return by(index_->entity_by_alias(alias_id), [this](const std::string& id) { return entity(id); });
}
Result<std::optional<Entity>> Writer::entity_by_factors(std::string_view mount_accessor, std::string_view name) {
  TRY(know(alias_claim("entity", mount_accessor, name)));
  return by(index_->entity_by_factors(mount_accessor, name), [this](const std::string& id) { return entity(id); });
}

Result<std::optional<Group>> Writer::group(std::string_view id) const {
  ASSIGN_OR_RETURN(const auto message, stored(kGroupBuckets, id));
  if (!message) return std::optional<Group>();
  ASSIGN_OR_RETURN(Group group, parse_group(*message));
  return std::optional(std::move(group));
}
Result<std::optional<Group>> Writer::group_by_name(std::string_view name) {
  TRY(know(name_claim("group", name)));
  return by(index_->group_by_name(name), [this](const std::string& id) { return group(id); });
}
Result<std::optional<Group>> Writer::group_by_factors(std::string_view mount_accessor, std::string_view name) {
  TRY(know(alias_claim("group", mount_accessor, name)));
  return by(index_->group_by_factors(mount_accessor, name), [this](const std::string& id) { return group(id); });
}
Result<std::optional<Group>> Writer::group_by_alias(std::string_view alias_id) const {
  return by(index_->group_by_alias(alias_id), [this](const std::string& id) { return group(id); });
}

template <typename Find>
Result<std::string> Writer::free_name(std::string_view kind, Find taken) {
  for (;;) {
    const std::string name = std::string(kind) + "_" + codec::to_hex(crypto::random_bytes(4)) + ".root";
    if (taken(name) == nullptr) return name;
  }
}

Status Writer::claim_names(const Entity& entity) {
  TRY(claim(name_claim("entity", entity.name)));
  for (const Alias& alias : entity.aliases) TRY(claim(alias_claim("entity", alias.mount_accessor, alias.name)));
  return {};
}

Status Writer::complete(Alias& alias) const {
  if (alias.name.empty()) return base::internal(logical::multierror("missing alias name \"\""));
  TRY(check_metadata(alias.metadata, "alias"));
  if (alias.id.empty()) {
    alias.id = crypto::random_uuid();
    alias.local_bucket_key = bucket_key(kLocalAliasBuckets, alias.canonical_id);
  }
  if (alias.namespace_id.empty()) alias.namespace_id = "root";
  alias.last_update_time = now_;
  if (alias.creation_time == base::kZeroTime) alias.creation_time = now_;
  return {};
}

Status Writer::put(Entity& entity) {
  if (entity.id.empty()) {
    entity.id = crypto::random_uuid();
    entity.bucket_key = bucket_key(kEntityBuckets, entity.id);
  }
  if (entity.namespace_id.empty()) entity.namespace_id = "root";
  if (entity.name.empty()) {
    ASSIGN_OR_RETURN(entity.name, free_name("entity", [this](const std::string& name) { return index_->entity_by_name(name); }));
  }
  TRY(check_metadata(entity.metadata, "entity"));
  if (entity.creation_time == base::kZeroTime) entity.creation_time = entity.last_update_time = now_;
  ASSIGN_OR_RETURN(const auto before, this->entity(entity.id));
  if (!before || before->name != entity.name || before->aliases != entity.aliases) TRY(claim_names(entity));
  Entity shared = entity;
  std::vector<Alias> local;
  for (const Alias& alias : entity.aliases) {
    if (alias.local) local.push_back(alias);
  }
  std::erase_if(shared.aliases, [](const Alias& alias) { return alias.local; });
  TRY(store(kEntityBuckets, entity.id, "Entity", serialize_entity(shared)));
  const auto is_local = [](const Alias& alias) { return alias.local; };
  const bool had = before && std::any_of(before->aliases.begin(), before->aliases.end(), is_local);
  if (local.empty() && !had) return {};
  return store(kLocalAliasBuckets, entity.id, "LocalAliases", serialize_local_aliases(local));
}

Status Writer::put(Group& group) {
  if (group.id.empty()) {
    group.id = crypto::random_uuid();
    group.bucket_key = bucket_key(kGroupBuckets, group.id);
  }
  if (group.namespace_id.empty()) group.namespace_id = "root";
  if (group.name.empty()) {
    ASSIGN_OR_RETURN(group.name, free_name("group", [this](const std::string& name) { return index_->group_by_name(name); }));
  }
  TRY(check_metadata(group.metadata, "group"));
  if (group.creation_time == base::kZeroTime) group.creation_time = group.last_update_time = now_;
  ++group.modify_index;
  ASSIGN_OR_RETURN(const auto before, this->group(group.id));
  if (!before || before->name != group.name) TRY(claim(name_claim("group", group.name)));
  if (group.alias && (!before || before->alias != group.alias)) {
    TRY(claim(alias_claim("group", group.alias->mount_accessor, group.alias->name)));
  }
  return store(kGroupBuckets, group.id, "Group", serialize_group(group));
}

Status Writer::remove(const Entity& entity) {
  for (const KeptGroup& known : index_->groups_of(entity.id).direct) {
    ASSIGN_OR_RETURN(auto group, this->group(known->record.id));
    if (!group || !group->member_entity_ids) continue;
    if (std::erase(*group->member_entity_ids, entity.id) > 0) TRY(put(*group));
  }
  const auto is_local = [](const Alias& alias) { return alias.local; };
  if (std::any_of(entity.aliases.begin(), entity.aliases.end(), is_local)) {
    TRY(store(kLocalAliasBuckets, entity.id, "LocalAliases", std::nullopt));
  }
  return store(kEntityBuckets, entity.id, "Entity", std::nullopt);
}

Status Writer::remove(const Group& group) { return store(kGroupBuckets, group.id, "Group", std::nullopt); }

}  // namespace bao::core::identity
