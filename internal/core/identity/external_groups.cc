#include "internal/core/identity/external_groups.h"

#include <algorithm>

namespace bao::core::identity {
namespace {

bool contains(const std::vector<KeptGroup>& groups, const KeptGroup& group) {
  return std::any_of(groups.begin(), groups.end(), [&](const KeptGroup& g) { return g->record.id == group->record.id; });
}

bool is_of_other_mount(const Group& group, std::string_view mount_accessor) {
  return group.alias && group.alias->mount_accessor != mount_accessor;
}

}  // namespace

GroupChange group_change(const Index& index, std::string_view entity_id, std::string_view mount_accessor,
                         const std::vector<std::string>& names) {
  std::vector<KeptGroup> named;
  for (const std::string& name : names) {
    const KeptGroup group = index.group_by_factors(mount_accessor, name);
    if (group != nullptr && group->record.external() && !contains(named, group)) named.push_back(group);
  }
  GroupChange change;
  const std::vector<KeptGroup> now = index.groups_of(entity_id).direct;
  for (const KeptGroup& group : named) {
    if (!contains(now, group)) change.join.push_back(group);
  }
  for (const KeptGroup& group : now) {
    const Group& record = group->record;
    if (!record.external() || is_of_other_mount(record, mount_accessor) || contains(named, group)) continue;
    change.leave.push_back(group);
  }
  return change;
}

base::Status change_groups(Writer& writer, const std::string& entity_id, const GroupChange& change) {
  const auto rewrite = [&](const KeptGroup& known, bool is_member) -> base::Status {
    ASSIGN_OR_RETURN(auto group, writer.group(known->record.id));
    if (!group) return {};
    auto members = group->member_entity_ids.value_or(std::vector<std::string>());
    std::erase(members, entity_id);
    if (is_member) members.push_back(entity_id);
    group->member_entity_ids = std::move(members);
    return writer.put(*group);
  };
  for (const KeptGroup& group : change.join) TRY(rewrite(group, true));
  for (const KeptGroup& group : change.leave) TRY(rewrite(group, false));
  return {};
}

Index::Membership groups_after(const Index& index, std::string_view entity_id, const GroupChange& change) {
  std::vector<KeptGroup> direct = index.groups_of(entity_id).direct;
  std::erase_if(direct, [&](const KeptGroup& group) { return contains(change.leave, group); });
  direct.insert(direct.end(), change.join.begin(), change.join.end());
  return index.with_parents(std::move(direct));
}

}  // namespace bao::core::identity
