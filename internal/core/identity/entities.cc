// entity, entity/id, entity/name and entity/batch-delete.
#include <algorithm>

#include "internal/core/identity/listing.h"

namespace bao::core::identity {
namespace {

using base::Result;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields() {
  return {{.name = "id", .description = "ID of the entity. If set, updates the corresponding existing entity."},
          {.name = "name", .description = "Name of the entity"},
          {.name = "metadata", .type = FieldType::pairs, .description = "Metadata to be associated with the entity."},
          {.name = "policies", .type = FieldType::comma_list, .description = "Policies to be tied to the entity."},
          {.name = "disabled", .type = FieldType::boolean,
           .description = "If set true, tokens tied to this identity will not be able to be used (but will not be revoked)."}};
}

// The entity that a write means: by id, by name, or a new one.
Result<Entity> meant(const Call& call, Writer& writer) {
  const std::string id = call.fields.string("id"), name = call.fields.string("name");
  Entity entity;
  if (!id.empty()) {
    ASSIGN_OR_RETURN(auto found, writer.entity(id));
    if (!found) return base::invalid("entity not found from id");
    entity = std::move(*found);
  }
  if (name.empty()) return entity;
  ASSIGN_OR_RETURN(auto named, writer.entity_by_name(name));
  if (named && !entity.id.empty() && entity.id != named->id) return base::invalid("entity name is already in use");
  if (named && entity.id.empty()) entity = std::move(*named);
  entity.name = name;
  return entity;
}

Reply update(const Call& call, Writer& writer) {
  ASSIGN_OR_RETURN(Entity entity, meant(call, writer));
  if (call.fields.has("policies")) entity.policies = without_repetitions(call.fields.strings("policies"), Case::lowered);
  if (std::count(entity.policies.begin(), entity.policies.end(), "root") > 0) return base::invalid("policies cannot contain root");
  if (call.fields.has("disabled")) entity.disabled = call.fields.boolean("disabled");
  if (call.fields.has("metadata")) entity.metadata = pairs_of(call, "metadata");
  const bool is_new = entity.id.empty();
  entity.last_update_time = writer.now();
  TRY(writer.put(entity));
  if (!is_new) return Response::none();
  return Response::of(Json::record({{"aliases", nullptr}, {"id", entity.id}, {"name", entity.name}}));
}

Reply remove_one(Writer& writer, Result<std::optional<Entity>> found) {
  if (!found.ok()) return found.error();
  if (*found) TRY(writer.remove(**found));
  return Response::none();
}

Reply remove_many(const Call& call, Writer& writer) {
  const auto ids = call.fields.strings("entity_ids");
  if (ids.empty()) return base::invalid("missing entity ids to delete");
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const auto entity, writer.entity(id));
    if (entity) TRY(writer.remove(*entity));
  }
  return Response::none();
}

void collect(const Services& services, const Index& index, Listing& listing) {
  index.for_each_entity([&](const Entity& entity) {
    Json entry = Json::object();
    entry.set("name", entity.name);
    std::vector<Json> aliases;
    for (const Alias& alias : entity.aliases) aliases.push_back(show_alias_briefly(services, alias));
    if (!aliases.empty()) entry.set("aliases", Json::array(std::move(aliases)));
    listing.add(entity.id, entity.name, std::move(entry));
  });
}

logical::Path one(const Services& services, std::string pattern, std::string synopsis, Key by) {
  const auto read = [services, by](const Call& call, const Index& index) -> Reply {
    const KeptEntity found = by == Key::id ? index.entity(call.fields.string("id")) : index.entity_by_name(call.fields.string("name"));
    return found == nullptr ? nothing_there() : Reply(Response::of(show_entity(services, index, found->record)));
  };
  const auto remove = [by](const Call& call, Writer& writer) {
    return remove_one(writer, by == Key::id ? writer.entity(call.fields.string("id")) : writer.entity_by_name(call.fields.string("name")));
  };
  return {.pattern = std::move(pattern), .fields = fields(),
          .handlers = {writes(services, Operation::update, "Updates an entity.", update),
                       reads(services, Operation::read, "Reads an entity.", read),
                       writes(services, Operation::remove, "Deletes an entity.", remove)},
          .synopsis = std::move(synopsis)};
}

logical::Path all(const Services& services, std::string pattern, const std::string& synopsis, Key by) {
  return list_path(services, std::move(pattern), synopsis, synopsis, by,
                   [services](const Index& index, Listing& listing) { collect(services, index, listing); });
}

}  // namespace

std::vector<logical::Path> entity_paths(const Services& services) {
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "entity", .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Creates or updates an entity.", update)},
                   .synopsis = "Create a new entity"});
  paths.push_back(all(services, "entity/name/?", "List all the entity names", Key::name));
  paths.push_back(all(services, "entity/id/?", "List all the entity IDs", Key::id));
  paths.push_back({.pattern = "entity/batch-delete",
                   .fields = {{.name = "entity_ids", .type = FieldType::comma_list, .description = "Entity IDs to delete"}},
                   .handlers = {writes(services, Operation::update, "Deletes entities.", remove_many)},
                   .synopsis = "Delete all of the entities provided"});
  paths.push_back(one(services, "entity/name/{name:any}", "Update, read or delete an entity using entity name", Key::name));
  paths.push_back(one(services, "entity/id/{id}", "Update, read or delete an entity using entity ID", Key::id));
  return paths;
}

}  // namespace bao::core::identity
