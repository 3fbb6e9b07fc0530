#include "internal/core/identity/standing.h"

#include <atomic>

#include "internal/logical/policy_names.h"

namespace bao::core::identity {
namespace {

uint64_t next_serial() {
  static std::atomic<uint64_t> serial{0};
  return ++serial;
}

logical::Identity::Metadata given(const OptionalMetadata& metadata) { return metadata.value_or(Metadata()); }

template <typename Visit>
void for_each_group(const Index::Membership& groups, Visit visit) {
  for (const auto& part : {&groups.direct, &groups.inherited}) {
    for (const KeptGroup& group : *part) visit(*group);
  }
}

}  // namespace

std::vector<uint64_t> serials_of(const KeptEntity& entity, const Index::Membership& groups) {
  std::vector<uint64_t> serials = {entity->serial};
  for_each_group(groups, [&](const Kept<Group>& group) { serials.push_back(group.serial); });
  return serials;
}

std::shared_ptr<const Standing> make_standing(const KeptEntity& entity, const Index::Membership& groups) {
  const Entity& record = entity->record;
  auto standing = std::make_shared<Standing>();
  standing->identity = {.id = record.id, .name = record.name, .metadata = given(record.metadata), .aliases = {}, .groups = {}};
  for (const Alias& alias : record.aliases) {
    standing->identity.aliases.push_back({alias.id, alias.name, alias.mount_accessor, given(alias.metadata), given(alias.custom_metadata)});
  }
  for_each_group(groups, [&](const Kept<Group>& group) {
    standing->identity.groups.push_back({group.record.id, group.record.name, given(group.record.metadata)});
  });
  standing->disabled = record.disabled;
  standing->policies = policies_of(record, groups);
  standing->made_of = serials_of(entity, groups);
  standing->serial = next_serial();
  return standing;
}

// The paths of identity refuse "root"; data that was restored may hold it all the same, in whatever letters.
std::vector<std::string> policies_of(const Entity& entity, const Index::Membership& groups) {
  std::vector<std::string> of_groups;
  for_each_group(groups, [&](const Kept<Group>& group) {
    if (!group.record.policies) return;
    of_groups.insert(of_groups.end(), group.record.policies->begin(), group.record.policies->end());
  });
  of_groups = logical::unique_lower(std::move(of_groups));
  std::vector<std::string> policies = entity.policies;
  policies.insert(policies.end(), of_groups.begin(), of_groups.end());
  std::erase_if(policies, [](const std::string& name) { return logical::unique_lower({name}) == std::vector<std::string>{"root"}; });
  return policies;
}

void show_identity_policies(std::vector<std::string> policies, logical::Auth& auth) {
  auth.identity_policies = logical::sanitize_policies(std::move(policies), false);
  auth.policies.insert(auth.policies.end(), auth.identity_policies.begin(), auth.identity_policies.end());
  auth.policies = logical::sanitize_policies(std::move(auth.policies), false);
}

}  // namespace bao::core::identity
