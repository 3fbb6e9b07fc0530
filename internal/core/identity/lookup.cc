// lookup/entity and lookup/group.
#include <algorithm>
#include <array>

#include "internal/core/identity/handlers.h"

namespace bao::core::identity {
namespace {

using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields(const std::string& of) {
  return {{.name = "name", .description = "Name of the " + of + "."},
          {.name = "id", .description = "ID of the " + of + "."},
          {.name = "alias_id", .description = "ID of the alias."},
          {.name = "alias_name", .description = "Name of the alias, together with 'alias_mount_accessor'."},
          {.name = "alias_mount_accessor", .description = "Accessor of the mount of the alias, together with 'alias_name'."}};
}

base::Status check_keys(const Call& call) {
  constexpr std::array<const char*, 5> kKeys = {"name", "id", "alias_id", "alias_name", "alias_mount_accessor"};
  const auto given = std::count_if(kKeys.begin(), kKeys.end(), [&](const char* key) { return call.fields.has(key); });
  const bool alias_name = !call.fields.string("alias_name").empty(), accessor = !call.fields.string("alias_mount_accessor").empty();
  if (given == 0) return base::invalid("query parameter not supplied");
  if (given == 1 && (alias_name || accessor)) return base::invalid("both 'alias_name' and 'alias_mount_accessor' needs to be set");
  if (given == 1 || (given == 2 && alias_name && accessor)) return {};
  return base::invalid("query parameter conflict; please supply distinct set of query parameters");
}

KeptEntity find_entity(const Call& call, const Index& index) {
  const auto text = [&](const char* field) { return call.fields.string(field); };
  if (!text("id").empty()) return index.entity(text("id"));
  if (!text("name").empty()) return index.entity_by_name(text("name"));
  if (!text("alias_id").empty()) return index.entity_by_alias(text("alias_id"));
  return index.entity_by_factors(text("alias_mount_accessor"), text("alias_name"));
}

KeptGroup find_group(const Call& call, const Index& index) {
  const auto text = [&](const char* field) { return call.fields.string(field); };
  if (!text("id").empty()) return index.group(text("id"));
  if (!text("name").empty()) return index.group_by_name(text("name"));
  if (!text("alias_id").empty()) return index.group_by_alias(text("alias_id"));
  return index.group_by_factors(text("alias_mount_accessor"), text("alias_name"));
}

}  // namespace

std::vector<logical::Path> lookup_paths(const Services& services) {
  const auto entity = [services](const Call& call, const Index& index) -> Reply {
    TRY(check_keys(call));
    const KeptEntity found = find_entity(call, index);
    return found == nullptr ? Response::none() : Response::of(show_entity(services, index, found->record));
  };
  const auto group = [services](const Call& call, const Index& index) -> Reply {
    TRY(check_keys(call));
    const KeptGroup found = find_group(call, index);
    return found == nullptr ? Response::none() : Response::of(show_group(services, index, found->record));
  };
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "lookup/entity", .fields = fields("entity"),
                   .handlers = {reads(services, Operation::update, "Looks an entity up.", entity)},
                   .synopsis = "Query entities based on various properties."});
  paths.push_back({.pattern = "lookup/group", .fields = fields("group"),
                   .handlers = {reads(services, Operation::update, "Looks a group up.", group)},
                   .synopsis = "Query groups based on various properties."});
  return paths;
}

}  // namespace bao::core::identity
