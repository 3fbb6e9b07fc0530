// group, group/id and group/name.
#include <algorithm>

#include "internal/core/identity/listing.h"

namespace bao::core::identity {
namespace {

using base::Result;
using base::Status;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields() {
  return {{.name = "id", .description = "ID of the group. If set, updates the corresponding existing group."},
          {.name = "type", .description = "Type of the group, 'internal' or 'external'. Defaults to 'internal'"},
          {.name = "name", .description = "Name of the group."},
          {.name = "metadata", .type = FieldType::pairs, .description = "Metadata to be associated with the group."},
          {.name = "policies", .type = FieldType::comma_list, .description = "Policies to be tied to the group."},
          {.name = "member_group_ids", .type = FieldType::comma_list, .description = "Group IDs to be assigned as group members."},
          {.name = "member_entity_ids", .type = FieldType::comma_list, .description = "Entity IDs to be assigned as group members."}};
}

base::Error fault(const base::Words& words) { return base::internal(logical::multierror(words)); }

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Status set_type(const Call& call, Group& group) {
  if (call.fields.has("type")) {
    const std::string type = call.fields.string("type");
    if (!group.type.empty() && type != group.type) return base::invalid("group type cannot be changed");
    group.type = type;
  }
  if (group.type.empty()) group.type = "internal";
  if (group.type == "internal" || group.type == "external") return {};
  return base::invalid("invalid group type \"" + group.type + "\"");
}

Status set_member_entities(const Call& call, const Writer& writer, Group& group) {
  if (call.fields.has("member_entity_ids")) {
    if (group.external()) return base::invalid("member entities can't be set manually for external groups");
    group.member_entity_ids = call.fields.strings("member_entity_ids");
  }
  if (!group.member_entity_ids) return {};
  group.member_entity_ids = without_repetitions(*group.member_entity_ids, Case::kept);
  for (const std::string& id : *group.member_entity_ids) {
    ASSIGN_OR_RETURN(const auto entity, writer.entity(id));
    if (!entity) return fault("invalid entity ID \"" + id + "\"");
  }
  return {};
}

// Whether `wanted` is below `from`, or that group itself. Through the view: two requests that close a circle together conflict.
Result<bool> reaches(const Writer& writer, const std::string& from, const std::string& wanted) {
  std::vector<std::string> open = {wanted}, met;
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    if (id == from) return true;
    if (contains(met, id)) continue;
    met.push_back(id);
    ASSIGN_OR_RETURN(const auto group, writer.group(id));
    if (group) open.insert(open.end(), group->parent_group_ids.begin(), group->parent_group_ids.end());
  }
  return false;
}

// Membership is kept at the member: its list of parents.
Status set_member_groups(const Call& call, Writer& writer, const Group& group) {
  if (!call.fields.has("member_group_ids")) return {};
  const auto wanted = without_repetitions(call.fields.strings("member_group_ids"), Case::kept);
  for (const std::string& id : writer.index().member_groups(group.id)) {
    if (contains(wanted, id)) continue;
    ASSIGN_OR_RETURN(auto member, writer.group(id));
    if (!member) continue;
    std::erase(member->parent_group_ids, group.id);
    TRY(writer.put(*member));
  }
  for (const std::string& id : wanted) {
    ASSIGN_OR_RETURN(auto member, writer.group(id));
    if (!member) return fault("invalid member group ID \"" + id + "\"");
    if (contains(member->parent_group_ids, group.id)) continue;
    if (id == group.id) return fault("member group ID \"" + group.id + "\" is same as the ID of the group");
    ASSIGN_OR_RETURN(const bool circle, reaches(writer, id, group.id));
    if (circle) return base::invalid("cyclic relationship detected for member group ID \"" + id + "\"");
    member->parent_group_ids.push_back(group.id);
    TRY(writer.put(*member));
  }
  return {};
}

Status set_name(const Call& call, Writer& writer, Group& group) {
  const std::string name = call.fields.string("name");
  if (name.empty()) return {};
  ASSIGN_OR_RETURN(const auto named, writer.group_by_name(name));
  if (named && named->id != group.id) return base::invalid("group name is already in use");
  group.name = name;
  return {};
}

Reply update_group(const Call& call, Writer& writer, Group group) {
  const bool is_new = group.id.empty();
  if (call.fields.has("policies")) group.policies = without_repetitions(call.fields.strings("policies"), Case::lowered);
  if (group.policies && contains(*group.policies, "root")) return base::invalid("policies cannot contain root");
  TRY(set_type(call, group));
  TRY(set_name(call, writer, group));
  if (call.fields.has("metadata")) group.metadata = pairs_of(call, "metadata");
  if (call.fields.has("member_group_ids") && group.external()) {
    return base::invalid("member groups can't be set for external groups");
  }
  TRY(set_member_entities(call, writer, group));
  group.last_update_time = writer.now();
  TRY(writer.put(group));
  TRY(set_member_groups(call, writer, group));
  if (!is_new) return Response::none();
  return Response::of(Json::record({{"id", group.id}, {"name", group.name}}));
}

Reply update_by_id(const Call& call, Writer& writer) {
  const std::string id = call.fields.string("id");
  if (id.empty()) return base::invalid("empty group ID");
  ASSIGN_OR_RETURN(auto group, writer.group(id));
  if (!group) return base::invalid("invalid group ID");
  return update_group(call, writer, std::move(*group));
}

Reply update_by_name(const Call& call, Writer& writer) {
  const std::string name = call.fields.string("name");
  if (name.empty()) return base::invalid("empty group name");
  ASSIGN_OR_RETURN(auto group, writer.group_by_name(name));
  return update_group(call, writer, group ? std::move(*group) : Group());
}

Reply register_group(const Call& call, Writer& writer) {
  if (call.fields.has("id")) return update_by_id(call, writer);
  return call.fields.has("name") ? update_by_name(call, writer) : update_group(call, writer, Group());
}

void collect(const Services& services, const Index& index, Listing& listing) {
  index.for_each_group([&](const Group& group) {
    Json entry = Json::object();
    entry.set("name", group.name);
    entry.set("num_member_entities", static_cast<int64_t>(group.member_entity_ids ? group.member_entity_ids->size() : 0));
    entry.set("num_parent_groups", static_cast<int64_t>(group.parent_group_ids.size()));
    if (group.alias) entry.set("alias", show_alias_briefly(services, *group.alias));
    listing.add(group.id, group.name, std::move(entry));
  });
}

logical::Path one(const Services& services, std::string pattern, std::string synopsis, Key by) {
  const auto read = [services, by](const Call& call, const Index& index) -> Reply {
    const KeptGroup found = by == Key::id ? index.group(call.fields.string("id")) : index.group_by_name(call.fields.string("name"));
    return found == nullptr ? nothing_there() : Reply(Response::of(show_group(services, index, found->record)));
  };
  const auto remove = [by](const Call& call, Writer& writer) -> Reply {
    ASSIGN_OR_RETURN(const auto found, by == Key::id ? writer.group(call.fields.string("id")) : writer.group_by_name(call.fields.string("name")));
    if (found) TRY(writer.remove(*found));
    return Response::none();
  };
  return {.pattern = std::move(pattern), .fields = fields(),
          .handlers = {writes(services, Operation::update, "Updates a group.", by == Key::id ? update_by_id : update_by_name),
                       reads(services, Operation::read, "Reads a group.", read),
                       writes(services, Operation::remove, "Deletes a group.", remove)},
          .synopsis = std::move(synopsis)};
}

logical::Path all(const Services& services, std::string pattern, const std::string& synopsis, Key by) {
  return list_path(services, std::move(pattern), synopsis, synopsis, by,
                   [services](const Index& index, Listing& listing) { collect(services, index, listing); });
}

}  // namespace

std::vector<logical::Path> group_paths(const Services& services) {
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "group", .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Creates or updates a group.", register_group)},
                   .synopsis = "Create a new group."});
  paths.push_back(all(services, "group/id/?", "List all the group IDs.", Key::id));
  paths.push_back(all(services, "group/name/?", "List all the group names.", Key::name));
  paths.push_back(one(services, "group/id/{id}", "Update or delete an existing group using its ID.", Key::id));
  paths.push_back(one(services, "group/name/{name:any}", "Update or delete an existing group using its name.", Key::name));
  return paths;
}

}  // namespace bao::core::identity
