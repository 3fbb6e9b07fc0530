#include <algorithm>

#include "internal/core/identity/handlers.h"

namespace bao::core::identity {
namespace {

using codec::Json;

Json list_or_null(const std::vector<std::string>& values) { return values.empty() ? Json() : Json::strings(values); }
Json show_list(const OptionalList& values) { return values ? Json::strings(*values) : Json(); }

void add_mount(const Services& services, const std::string& accessor, Json& data) {
  const auto router = services.router();
  const Mount* mount = router == nullptr ? nullptr : router->by_accessor(accessor);
  if (mount == nullptr) return;
  data.set("mount_path", mount->mount_point);
  data.set("mount_type", mount->entry.type);
}

void add_times(base::Time created, base::Time updated, Json& data) {
  data.set("creation_time", base::format_rfc3339(created));
  data.set("last_update_time", base::format_rfc3339(updated));
}

// What every way of showing an alias has.
Json show_common(const Services& services, const Alias& alias) {
  Json data = Json::object();
  data.set("id", alias.id);
  data.set("canonical_id", alias.canonical_id);
  data.set("mount_accessor", alias.mount_accessor);
  data.set("metadata", show_metadata(alias.metadata));
  data.set("name", alias.name);
  data.set("merged_from_canonical_ids", list_or_null(alias.merged_from_canonical_ids));
  add_times(alias.creation_time, alias.last_update_time, data);
  add_mount(services, alias.mount_accessor, data);
  return data;
}

// Inside its entity an alias has custom metadata or null; by itself it remembers that it was given none, {}.
Json show_of_entity(const Services& services, const Alias& alias) {
  Json data = show_common(services, alias);
  data.set("local", alias.local);
  const bool none = alias.custom_metadata.value_or(Metadata()).empty();
  data.set("custom_metadata", none ? Json() : show_metadata(alias.custom_metadata));
  return data;
}

std::vector<std::string> ids_of(const std::vector<KeptGroup>& groups) {
  std::vector<std::string> ids;
  for (const KeptGroup& group : groups) ids.push_back(group->record.id);
  return ids;
}

}  // namespace

Json show_metadata(const OptionalMetadata& metadata) {
  if (!metadata) return {};
  Json out = Json::object();
  for (const auto& [key, value] : *metadata) out.set(key, value);
  return out;
}

Json show_alias(const Services& services, const Alias& alias) {
  Json data = show_of_entity(services, alias);
  data.set("custom_metadata", show_metadata(alias.custom_metadata));
  data.set("namespace_id", alias.namespace_id);
  return data;
}

Json show_alias_briefly(const Services& services, const Alias& alias) {
  Json data = Json::object();
  data.set("id", alias.id);
  data.set("name", alias.name);
  data.set("mount_accessor", alias.mount_accessor);
  add_mount(services, alias.mount_accessor, data);
  return data;
}

Json show_entity(const Services& services, const Index& index, const Entity& entity) {
  Json data = Json::object();
  data.set("id", entity.id);
  data.set("name", entity.name);
  data.set("metadata", show_metadata(entity.metadata));
  data.set("merged_entity_ids", list_or_null(entity.merged_entity_ids));
  data.set("policies", Json::strings(without_repetitions(entity.policies, Case::lowered)));
  data.set("disabled", entity.disabled);
  data.set("namespace_id", entity.namespace_id);
  add_times(entity.creation_time, entity.last_update_time, data);
  std::vector<Json> aliases;
  for (const Alias& alias : entity.aliases) aliases.push_back(show_of_entity(services, alias));
  data.set("aliases", Json::array(std::move(aliases)));
  const Index::Membership groups = index.groups_of(entity.id);
  std::vector<std::string> all = ids_of(groups.direct);
  const std::vector<std::string> inherited = ids_of(groups.inherited);
  data.set("direct_group_ids", Json::strings(all));
  data.set("inherited_group_ids", Json::strings(inherited));
  all.insert(all.end(), inherited.begin(), inherited.end());
  data.set("group_ids", Json::strings(all));
  return data;
}

Json show_group(const Services& services, const Index& index, const Group& group) {
  Json data = Json::object();
  data.set("id", group.id);
  data.set("name", group.name);
  data.set("policies", show_list(group.policies));
  data.set("member_entity_ids", show_list(group.member_entity_ids));
  data.set("parent_group_ids", list_or_null(group.parent_group_ids));
  data.set("metadata", show_metadata(group.metadata));
  add_times(group.creation_time, group.last_update_time, data);
  data.set("modify_index", group.modify_index);
  data.set("type", group.type);
  data.set("namespace_id", group.namespace_id);
  data.set("alias", group.alias ? show_common(services, *group.alias) : Json::object());
  data.set("member_group_ids", list_or_null(index.member_groups(group.id)));
  return data;
}

logical::Reply nothing_there() { return logical::nothing(); }

std::vector<std::string> without_repetitions(const std::vector<std::string>& values, Case letters) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    const size_t start = value.find_first_not_of(" \t\n");
    if (start == std::string::npos) continue;
    const std::string trimmed = value.substr(start, value.find_last_not_of(" \t\n") - start + 1);
    out.push_back(letters == Case::lowered ? folded(trimmed) : trimmed);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Metadata pairs_of(const logical::Call& call, std::string_view field) { return call.fields.pairs(field); }

logical::Handler writes(const Services& services, logical::Operation operation, std::string summary, WriteAction action) {
  const auto run = [services, action = std::move(action)](const logical::Call& call, storage::WriteView& all) -> logical::Reply {
    ASSIGN_OR_RETURN(Writer writer, Writer::begin(services.store, all, call.now));
    return action(call, writer);
  };
  return {.operation = operation, .effect = logical::Writes{run}, .summary = std::move(summary)};
}

logical::Handler reads(const Services& services, logical::Operation operation, std::string summary, ReadAction action) {
  const auto run = [services, action = std::move(action)](const logical::Call& call, const storage::ReadView&) -> logical::Reply {
    ASSIGN_OR_RETURN(const auto index, services.store.index());
    return action(call, *index);
  };
  return {.operation = operation, .effect = logical::Reads{run}, .summary = std::move(summary)};
}

}  // namespace bao::core::identity
