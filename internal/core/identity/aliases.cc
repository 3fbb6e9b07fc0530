// entity-alias, entity-alias/id, and their old names persona and alias.
#include <algorithm>

#include "internal/core/identity/listing.h"
#include "internal/core/identity/metadata_rules.h"

namespace bao::core::identity {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields() {
  return {{.name = "id", .description = "ID of the entity alias. If set, updates the corresponding entity alias."},
          {.name = "entity_id", .description = "Entity ID to which this alias belongs. This field is deprecated, use canonical_id.",
           .deprecated = true},
          {.name = "canonical_id", .description = "Entity ID to which this alias belongs"},
          {.name = "mount_accessor", .description = "Mount accessor to which this alias belongs to"},
          {.name = "name", .description = "Name of the alias"},
          {.name = "custom_metadata", .type = FieldType::pairs, .description = "User provided key-value pairs"}};
}

struct Wish {
  std::string canonical_id, name, mount_accessor;
  Metadata custom_metadata;
};

Alias* alias_in(Entity& entity, std::string_view id) {
  const auto found = std::find_if(entity.aliases.begin(), entity.aliases.end(), [id](const Alias& a) { return a.id == id; });
  return found == entity.aliases.end() ? nullptr : &*found;
}

bool has_mount(const Entity& entity, std::string_view accessor) {
  return std::any_of(entity.aliases.begin(), entity.aliases.end(), [&](const Alias& a) { return a.mount_accessor == accessor; });
}

base::Error unknown_mount(const std::string& accessor) { return base::invalid("invalid mount accessor \"" + accessor + "\""); }

Reply answer(const Alias& alias) {
  return Response::of(Json::record({{"canonical_id", alias.canonical_id}, {"id", alias.id}}));
}

Reply create(const Wish& wish, bool local, Writer& writer) {
  Entity entity;
  if (!wish.canonical_id.empty()) {
    ASSIGN_OR_RETURN(auto found, writer.entity(wish.canonical_id));
    if (!found) return base::invalid("invalid canonical ID");
    entity = std::move(*found);
  } else {
    TRY(writer.put(entity));
  }
  if (has_mount(entity, wish.mount_accessor)) return base::invalid("Alias already exists for requested entity and mount accessor");
  Alias alias;
  alias.canonical_id = entity.id;
  alias.name = wish.name;
  alias.mount_accessor = wish.mount_accessor;
  alias.custom_metadata = wish.custom_metadata;
  alias.local = local;
  TRY(writer.complete(alias));
  entity.aliases.push_back(alias);
  TRY(writer.put(entity));
  return answer(alias);
}

// Moves the alias to the entity that is wished for.
Reply move(const Wish& wish, Alias alias, Entity& from, Writer& writer) {
  if (alias.local) return base::invalid("local aliases can't be moved between entities");
  ASSIGN_OR_RETURN(auto to, writer.entity(wish.canonical_id));
  if (!to) return base::invalid("given 'canonical_id' is not associated with an entity");
  if (has_mount(*to, alias.mount_accessor)) {
    return base::invalid("Alias cannot be updated as the given entity already has an alias for this mount ");
  }
  std::erase_if(from.aliases, [&](const Alias& a) { return a.id == alias.id; });
  TRY(writer.put(from));
  alias.canonical_id = to->id;
  to->aliases.push_back(alias);
  TRY(writer.put(*to));
  return answer(alias);
}

Reply change(const Services& services, const Wish& wish, Entity entity, const std::string& id, Writer& writer) {
  Alias* held = alias_in(entity, id);
  if (held == nullptr) return base::invalid("given alias is not associated with an entity");
  const bool moves = !wish.canonical_id.empty() && wish.canonical_id != held->canonical_id;
  const bool renamed = wish.name != held->name || wish.mount_accessor != held->mount_accessor;
  if (!renamed && !moves && wish.custom_metadata == held->custom_metadata.value_or(Metadata())) return Response::none();
  if (!moves && wish.mount_accessor != held->mount_accessor && has_mount(entity, wish.mount_accessor)) {
    return base::invalid("Alias cannot be updated as the entity already has an alias for the given 'mount_accessor' ");
  }
  const auto router = services.router();
  if (router == nullptr || router->by_accessor(wish.mount_accessor) == nullptr) return unknown_mount(wish.mount_accessor);
  ASSIGN_OR_RETURN(const auto owner, writer.entity_by_factors(wish.mount_accessor, wish.name));
  if (owner && renamed) {
    const bool own = std::any_of(owner->aliases.begin(), owner->aliases.end(), [&](const Alias& a) {
      return a.id == id && factors_of(a.mount_accessor, a.name) == factors_of(wish.mount_accessor, wish.name);
    });
    if (!own) return base::invalid("alias with combination of mount accessor and name already exists");
  }
  held->name = wish.name;
  held->mount_accessor = wish.mount_accessor;
  held->custom_metadata = wish.custom_metadata;
  held->last_update_time = writer.now();
  if (moves) return move(wish, *held, entity, writer);
  const Alias changed = *held;
  TRY(writer.put(entity));
  return answer(changed);
}

Reply update(const Services& services, const Call& call, Writer& writer) {
  Wish wish{call.fields.string("canonical_id"), call.fields.string("name"), call.fields.string("mount_accessor"),
            pairs_of(call, "custom_metadata")};
  if (wish.canonical_id.empty()) wish.canonical_id = call.fields.string("entity_id");
  TRY(check_custom_metadata(wish.custom_metadata));
  const std::string id = call.fields.string("id");
  if (!id.empty()) {
    ASSIGN_OR_RETURN(auto entity, writer.entity_by_alias(id));
    const Alias* held = entity ? alias_in(*entity, id) : nullptr;
    if (held == nullptr) return base::invalid("invalid alias ID provided");
    if (!call.fields.has("custom_metadata")) wish.custom_metadata = held->custom_metadata.value_or(Metadata());
    if (wish.name.empty()) wish.name = held->name;
    if (wish.mount_accessor.empty()) wish.mount_accessor = held->mount_accessor;
    return change(services, wish, std::move(*entity), id, writer);
  }
  if (wish.mount_accessor.empty() || wish.name.empty()) {
    return base::invalid("'id' or 'mount_accessor' and 'name' must be provided");
  }
  const auto router = services.router();
  const Mount* mount = router == nullptr ? nullptr : router->by_accessor(wish.mount_accessor);
  if (mount == nullptr) return unknown_mount(wish.mount_accessor);
  ASSIGN_OR_RETURN(auto owner, writer.entity_by_factors(wish.mount_accessor, wish.name));
  if (!owner) return create(wish, mount->entry.local, writer);
  for (const Alias& alias : owner->aliases) {
    if (factors_of(alias.mount_accessor, alias.name) != factors_of(wish.mount_accessor, wish.name)) continue;
    return change(services, wish, *owner, std::string(alias.id), writer);
  }
  return create(wish, mount->entry.local, writer);
}

Reply remove(const Call& call, Writer& writer) {
  const std::string id = call.fields.string("id");
  ASSIGN_OR_RETURN(auto entity, writer.entity_by_alias(id));
  if (!entity) return Response::none();
  std::erase_if(entity->aliases, [&](const Alias& alias) { return alias.id == id; });
  TRY(writer.put(*entity));
  return Response::none();
}

Reply read(const Services& services, const Call& call, const Index& index) {
  const std::string id = call.fields.string("id");
  const KeptEntity entity = index.entity_by_alias(id);
  if (entity == nullptr) return nothing_there();
  for (const Alias& alias : entity->record.aliases) {
    if (alias.id == id) return Response::of(show_alias(services, alias));
  }
  return nothing_there();
}

void collect(const Services& services, const Index& index, Listing& listing) {
  index.for_each_entity([&](const Entity& entity) {
    for (const Alias& alias : entity.aliases) listing.add(alias.id, alias.name, listed_alias(services, alias));
  });
}

void add_paths(const Services& services, const std::string& name, std::vector<logical::Path>& paths) {
  const auto update_one = [services](const Call& call, Writer& writer) { return update(services, call, writer); };
  const auto read_one = [services](const Call& call, const Index& index) { return read(services, call, index); };
  const auto collect_all = [services](const Index& index, Listing& listing) { collect(services, index, listing); };
  paths.push_back({.pattern = name, .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Creates or updates an alias.", update_one)},
                   .synopsis = "Create a new alias."});
  paths.push_back(list_path(services, name + "/id/?", "List all the alias IDs.", "Lists aliases.", Key::id, collect_all));
  paths.push_back({.pattern = name + "/id/{id}", .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Updates an alias.", update_one),
                                reads(services, Operation::read, "Reads an alias.", read_one),
                                writes(services, Operation::remove, "Deletes an alias.", remove)},
                   .synopsis = "Update, read or delete an alias ID."});
}

}  // namespace

std::vector<logical::Path> alias_paths(const Services& services) {
  std::vector<logical::Path> paths;
  for (const char* name : {"entity-alias", "persona", "alias"}) add_paths(services, name, paths);
  return paths;
}

}  // namespace bao::core::identity
