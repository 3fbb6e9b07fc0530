// What an entity gives to its tokens at one moment: whether they may be used at all, its policies and those of its groups, and what
// templates are filled from. Immutable, thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/core/identity/index.h"
#include "internal/logical/identity.h"
#include "internal/logical/response.h"

namespace bao::core::identity {

struct Standing {
  logical::Identity identity;         // of the heir, where the entity was merged into another
  bool disabled = false;
  std::vector<std::string> policies;  // the entity's in its order, then those of its groups, sorted; never "root"
  std::vector<uint64_t> made_of;      // serials of the records
  uint64_t serial = 0;                // what was made of it may be kept under that number
};

// The serials of an entity and its groups, by which it is seen whether anything changed.
std::vector<uint64_t> serials_of(const KeptEntity& entity, const Index::Membership& groups);
std::shared_ptr<const Standing> make_standing(const KeptEntity& entity, const Index::Membership& groups);

// The policies of an entity and of groups, inherited ones included.
std::vector<std::string> policies_of(const Entity& entity, const Index::Membership& groups);
// Shows them beside those that the token has of itself, as answers do: sorted.
void show_identity_policies(std::vector<std::string> policies, logical::Auth& auth);

}  // namespace bao::core::identity
