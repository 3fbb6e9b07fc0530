#include "internal/core/identity/index.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <set>

#include "internal/base/letters.h"
#include "internal/core/identity/claims.h"

namespace bao::core::identity {
namespace {

using base::Status;

uint64_t next_serial() {
  static std::atomic<uint64_t> serial{0};
  return ++serial;
}

// The number in "packer/buckets/17" when it begins with `folder`.
std::optional<size_t> number_below(std::string_view key, std::string_view folder) {
  if (!key.starts_with(folder)) return std::nullopt;
  key.remove_prefix(folder.size());
  unsigned number = 0;
  const auto read = std::from_chars(key.data(), key.data() + key.size(), number);
  if (read.ec != std::errc() || read.ptr != key.data() + key.size() || number > 255) return std::nullopt;
  return number;
}

template <typename Kept>
Kept at(const PersistentMap<Kept>& map, std::string_view id) {
  const Kept* found = map.find(id);
  return found == nullptr ? nullptr : *found;
}

template <typename Kept>
Kept through(const PersistentMap<std::string>& ids, std::string_view key, const PersistentMap<Kept>& map) {
  const std::string* id = ids.find(key);
  return id == nullptr ? nullptr : at(map, *id);
}

// Only where it still points to that record: another one may have taken the name.
void forget(PersistentMap<std::string>& ids, std::string_view key, std::string_view id) {
  const std::string* found = ids.find(key);
  if (found != nullptr && *found == id) ids.erase(key);
}

void link(PersistentMap<std::vector<std::string>>& map, std::string_view key, const std::string& id) {
  const auto* found = map.find(key);
  std::vector<std::string> ids = found == nullptr ? std::vector<std::string>() : *found;
  const auto place = std::lower_bound(ids.begin(), ids.end(), id);
  if (place == ids.end() || *place != id) ids.insert(place, id);
  map.set(key, std::move(ids));
}

void unlink(PersistentMap<std::vector<std::string>>& map, std::string_view key, const std::string& id) {
  const auto* found = map.find(key);
  if (found == nullptr) return;
  std::vector<std::string> ids = *found;
  std::erase(ids, id);
  if (ids.empty()) map.erase(key);
  else map.set(key, std::move(ids));
}

std::shared_ptr<const std::vector<std::string>> ids_of(const Bucket& bucket) {
  auto ids = std::make_shared<std::vector<std::string>>();
  for (const auto& item : bucket.items) ids->push_back(item.id);
  std::sort(ids->begin(), ids->end());
  return ids;
}

// Calls `gone` for every id of a bucket that is not in it any more.
template <typename Gone>
Status note_ids(std::shared_ptr<const std::vector<std::string>>& listed, const Bucket& bucket, Gone gone) {
  const auto before = std::exchange(listed, ids_of(bucket));
  if (before == nullptr) return {};
  for (const std::string& id : *before) {
    if (!std::binary_search(listed->begin(), listed->end(), id)) TRY(gone(id));
  }
  return {};
}

}  // namespace

std::string folded(std::string_view name) { return base::lower_case(name); }

std::string factors_of(std::string_view mount_accessor, std::string_view name) {
  return (std::string(mount_accessor) += '\0') += folded(name);
}

Status Index::apply(std::string_view key, std::string_view stored) {
  if (const auto slot = number_below(key, kClaims)) {
    claims_.at(*slot) = stored;
    return {};
  }
  const auto entities = number_below(key, kEntityBuckets), locals = number_below(key, kLocalAliasBuckets);
  const auto groups = number_below(key, kGroupBuckets);
  if (!entities && !locals && !groups) return {};
  Bucket bucket;
  if (!stored.empty()) {
    auto parsed = parse_bucket(stored);
    if (!parsed.ok()) return parsed.error().within(key);
    bucket = std::move(*parsed);
  }
  if (entities) return apply_entities(*entities, bucket);
  return locals ? apply_local_aliases(*locals, bucket) : apply_groups(*groups, bucket);
}

Status Index::apply_entities(size_t number, const Bucket& bucket) {
  TRY(note_ids(listed_entities_.at(number), bucket, [this](const std::string& id) -> Status {
    replace_entity(id, nullptr);
    return {};
  }));
  for (const auto& item : bucket.items) {
    const KeptEntity before = entity(item.id);
    if (before == nullptr || before->stored != item.message) TRY(rebuild_entity(item.id, item.message));
  }
  return {};
}

Status Index::apply_local_aliases(size_t number, const Bucket& bucket) {
  const auto rebuild = [this](const std::string& id) -> Status {
    const KeptEntity before = entity(id);
    return before == nullptr ? Status() : rebuild_entity(id, before->stored);
  };
  TRY(note_ids(listed_local_aliases_.at(number), bucket, [&](const std::string& id) {
    local_aliases_.erase(id);
    return rebuild(id);
  }));
  for (const auto& item : bucket.items) {
    const std::string* before = local_aliases_.find(item.id);
    if (before != nullptr && *before == item.message) continue;
    local_aliases_.set(item.id, item.message);
    TRY(rebuild(item.id));
  }
  return {};
}

Status Index::rebuild_entity(std::string_view id, std::string stored) {
  ASSIGN_OR_RETURN(Entity entity, parse_entity(stored));
  if (entity.id != id) return base::corrupt("an entity is filed under another id");
  if (const std::string* local = local_aliases_.find(id)) {
    ASSIGN_OR_RETURN(auto aliases, parse_local_aliases(*local));
    entity.aliases.insert(entity.aliases.end(), aliases.begin(), aliases.end());
  }
  replace_entity(id, std::make_shared<const Kept<Entity>>(Kept<Entity>{std::move(entity), std::move(stored), next_serial()}));
  return {};
}

void Index::replace_entity(std::string_view id, KeptEntity next) {
  if (const KeptEntity before = entity(id)) {
    forget(entity_by_name_, folded(before->record.name), id);
    for (const std::string& merged : before->record.merged_entity_ids) forget(heirs_, merged, id);
    for (const Alias& alias : before->record.aliases) {
      forget(entity_by_alias_, alias.id, id);
      forget(entity_by_factors_, factors_of(alias.mount_accessor, alias.name), id);
    }
  }
  if (next == nullptr) {
    entities_.erase(id);
    return;
  }
  const std::string own(id);
  entity_by_name_.set(folded(next->record.name), own);
  for (const std::string& merged : next->record.merged_entity_ids) heirs_.set(merged, own);
  for (const Alias& alias : next->record.aliases) {
    entity_by_alias_.set(alias.id, own);
    entity_by_factors_.set(factors_of(alias.mount_accessor, alias.name), own);
  }
  entities_.set(id, std::move(next));
}

Status Index::apply_groups(size_t number, const Bucket& bucket) {
  TRY(note_ids(listed_groups_.at(number), bucket, [this](const std::string& id) -> Status {
    replace_group(id, nullptr);
    return {};
  }));
  for (const auto& item : bucket.items) {
    const KeptGroup before = group(item.id);
    if (before != nullptr && before->stored == item.message) continue;
    ASSIGN_OR_RETURN(Group group, parse_group(item.message));
    if (group.id != item.id) return base::corrupt("a group is filed under another id");
    replace_group(item.id, std::make_shared<const Kept<Group>>(Kept<Group>{std::move(group), item.message, next_serial()}));
  }
  return {};
}

void Index::replace_group(std::string_view id, KeptGroup next) {
  const std::string own(id);
  if (const KeptGroup before = group(id)) {
    const Group& record = before->record;
    forget(group_by_name_, folded(record.name), id);
    for (const std::string& parent : record.parent_group_ids) unlink(groups_by_parent_, parent, own);
    for (const std::string& member : record.member_entity_ids.value_or(Ids())) unlink(groups_by_member_, member, own);
    if (record.alias) {
      forget(group_by_alias_, record.alias->id, id);
      forget(group_by_factors_, factors_of(record.alias->mount_accessor, record.alias->name), id);
    }
  }
  if (next == nullptr) {
    groups_.erase(id);
    return;
  }
  const Group& record = next->record;
  group_by_name_.set(folded(record.name), own);
  for (const std::string& parent : record.parent_group_ids) link(groups_by_parent_, parent, own);
  for (const std::string& member : record.member_entity_ids.value_or(Ids())) link(groups_by_member_, member, own);
  if (record.alias) {
    group_by_alias_.set(record.alias->id, own);
    group_by_factors_.set(factors_of(record.alias->mount_accessor, record.alias->name), own);
  }
  groups_.set(id, std::move(next));
}

KeptEntity Index::entity(std::string_view id) const { return at(entities_, id); }
KeptEntity Index::entity_or_heir(std::string_view id) const {
  const KeptEntity own = entity(id);
  return own != nullptr ? own : through(heirs_, id, entities_);
}
KeptEntity Index::entity_by_name(std::string_view name) const { return through(entity_by_name_, folded(name), entities_); }
KeptEntity Index::entity_by_alias(std::string_view alias_id) const { return through(entity_by_alias_, alias_id, entities_); }
KeptEntity Index::entity_by_factors(std::string_view mount_accessor, std::string_view name) const {
  return through(entity_by_factors_, factors_of(mount_accessor, name), entities_);
}
KeptGroup Index::group(std::string_view id) const { return at(groups_, id); }
KeptGroup Index::group_by_name(std::string_view name) const { return through(group_by_name_, folded(name), groups_); }
KeptGroup Index::group_by_alias(std::string_view alias_id) const { return through(group_by_alias_, alias_id, groups_); }
KeptGroup Index::group_by_factors(std::string_view mount_accessor, std::string_view name) const {
  return through(group_by_factors_, factors_of(mount_accessor, name), groups_);
}

Index::Membership Index::groups_of(std::string_view entity_id) const {
  const Ids* ids = groups_by_member_.find(entity_id);
  if (ids == nullptr) return {};
  std::vector<KeptGroup> direct;
  for (const std::string& id : *ids) {
    if (KeptGroup found = group(id); found != nullptr) direct.push_back(std::move(found));
  }
  return with_parents(std::move(direct));
}

Index::Membership Index::with_parents(std::vector<KeptGroup> direct) const {
  Membership out;
  std::set<std::string_view> met;
  for (KeptGroup& group : direct) {
    if (met.insert(group->record.id).second) out.direct.push_back(std::move(group));
  }
  std::vector<KeptGroup> open = out.direct;
  while (!open.empty()) {
    const KeptGroup child = std::move(open.back());
    open.pop_back();
    for (const std::string& id : child->record.parent_group_ids) {
      KeptGroup parent = group(id);
      if (parent == nullptr || !met.insert(parent->record.id).second) continue;
      out.inherited.push_back(parent);
      open.push_back(std::move(parent));
    }
  }
  return out;
}

std::vector<std::string> Index::member_groups(std::string_view group_id) const {
  const Ids* found = groups_by_parent_.find(group_id);
  return found == nullptr ? Ids() : *found;
}

void Index::for_each_entity(const std::function<void(const Entity&)>& visit) const {
  entities_.for_each([&](const std::string&, const KeptEntity& kept) { visit(kept->record); });
}
void Index::for_each_group(const std::function<void(const Group&)>& visit) const {
  groups_.for_each([&](const std::string&, const KeptGroup& kept) { visit(kept->record); });
}

}  // namespace bao::core::identity
