// Membership of external groups: an auth method names groups at each login and renewal, and group aliases say which they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/core/identity/writer.h"

namespace bao::core::identity {

struct GroupChange {
  std::vector<KeptGroup> join, leave;
  bool empty() const { return join.empty() && leave.empty(); }
};

// Groups of other mounts stay as they are.
GroupChange group_change(const Index& index, std::string_view entity_id, std::string_view mount_accessor,
                         const std::vector<std::string>& names);
base::Status change_groups(Writer& writer, const std::string& entity_id, const GroupChange& change);
// What the entity is a member of afterwards.
Index::Membership groups_after(const Index& index, std::string_view entity_id, const GroupChange& change);

}  // namespace bao::core::identity
