// The paths of the identity mount, one file an idea, and what they share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "internal/core/identity/current_router.h"
#include "internal/core/identity/identity_store.h"
#include "internal/core/identity/writer.h"
#include "internal/logical/path.h"

namespace bao::core::identity {

struct Services {
  const IdentityStore& store;
  CurrentRouter router;
};

std::vector<logical::Path> entity_paths(const Services& services);
std::vector<logical::Path> merge_paths(const Services& services);
std::vector<logical::Path> alias_paths(const Services& services);
std::vector<logical::Path> group_paths(const Services& services);
std::vector<logical::Path> group_alias_paths(const Services& services);
std::vector<logical::Path> lookup_paths(const Services& services);

// ---- show.cc: records as answers show them
codec::Json show_entity(const Services& services, const Index& index, const Entity& entity);
codec::Json show_group(const Services& services, const Index& index, const Group& group);
codec::Json show_alias(const Services& services, const Alias& alias);  // as the paths of aliases do
// An alias in the list of entities, groups or aliases.
codec::Json show_alias_briefly(const Services& services, const Alias& alias);
codec::Json show_metadata(const OptionalMetadata& metadata);
logical::Reply nothing_there();  // 404 without errors

// Lower-cased, trimmed of repetitions, sorted, as the reference keeps lists of policies; with Case::kept as they are.
enum class Case : uint8_t { kept, lowered };
std::vector<std::string> without_repetitions(const std::vector<std::string>& values, Case letters);
Metadata pairs_of(const logical::Call& call, std::string_view field);

using WriteAction = std::function<logical::Reply(const logical::Call&, Writer&)>;
using ReadAction = std::function<logical::Reply(const logical::Call&, const Index&)>;
logical::Handler writes(const Services& services, logical::Operation operation, std::string summary, WriteAction action);
logical::Handler reads(const Services& services, logical::Operation operation, std::string summary, ReadAction action);

}  // namespace bao::core::identity
