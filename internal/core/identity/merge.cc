// entity/merge: what belongs to some entities becomes another one's. Of two aliases on one mount one is dropped, if the request
// says which; the reference leaves it listed in the entity.
#include <algorithm>
#include <map>

#include "internal/core/identity/handlers.h"

namespace bao::core::identity {
namespace {

using base::Status;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// An alias of each that is of the same mount.
struct Clash {
  const Entity* to;
  const Entity* from;
  const Alias* of_to;
  const Alias* of_from;
};

void add_clashes(const Entity& to, const Entity& from, std::vector<Clash>& found) {
  for (const Alias& mine : to.aliases) {
    for (const Alias& theirs : from.aliases) {
      if (mine.mount_accessor == theirs.mount_accessor) found.push_back({&to, &from, &mine, &theirs});
    }
  }
}

Json show(const Services& services, const Entity& entity, const Alias& alias) {
  const auto router = services.router();
  const Mount* mount = router == nullptr ? nullptr : router->by_accessor(alias.mount_accessor);
  return Json::record({{"alias", alias.name},
                       {"entity", entity.name},
                       {"entity_id", entity.id},
                       {"mount", mount == nullptr ? "" : mount->entry.type},
                       {"mount_path", mount == nullptr ? "" : mount->mount_point}});
}

Reply refuse(const Services& services, const std::vector<Clash>& found) {
  std::string text = std::to_string(found.size() + 1) +
                     " errors occurred:\n\t* toEntity and at least one fromEntity have aliases with the same mount accessor, repeat "
                     "the merge request specifying exactly one fromEntity, clashes: \n";
  std::vector<Json> details;
  for (const Clash& clash : found) {
    text += "\t* mountAccessor: " + clash.of_to->mount_accessor + ", toEntity ID: " + clash.to->id + ", fromEntity ID: " +
            clash.from->id + ", conflicting toEntity alias ID: " + clash.of_to->id + ", conflicting fromEntity alias ID: " +
            clash.of_from->id + "\n";
    details.push_back(show(services, *clash.to, *clash.of_to));
    details.push_back(show(services, *clash.from, *clash.of_from));
  }
  const Json body = Json::record({{"errors", Json::strings({text + "\n"})}, {"data", Json::array(std::move(details))}});
  Response response;
  response.raw = logical::RawBody{400, "application/json", codec::write_json(body) + "\n"};
  return response;
}

// Two of the merged entities may not have aliases on one mount either.
Status check_among_themselves(const std::vector<Entity>& from) {
  std::map<std::string, std::string> owners;
  for (const Entity& entity : from) {
    for (const Alias& alias : entity.aliases) {
      const auto [owner, is_new] = owners.emplace(alias.mount_accessor, entity.id);
      if (is_new || owner->second == entity.id) continue;
      return base::invalid("mount accessor " + alias.mount_accessor +
                           " found in multiple fromEntities, merge should be done with one fromEntity at a time");
    }
  }
  return {};
}

Status drop_unwanted(const std::vector<std::string>& keep, Entity& to, Entity& from) {
  std::vector<Clash> found;
  add_clashes(to, from, found);
  std::vector<std::string> dropped;
  for (const Clash& clash : found) {
    if (contains(keep, clash.of_to->id)) dropped.push_back(clash.of_from->id);
    else if (contains(keep, clash.of_from->id)) dropped.push_back(clash.of_to->id);
    else {
      return base::invalid("conflicting mount accessors in following alias IDs and neither were present in "
                           "conflicting_alias_ids_to_keep: " + clash.of_from->id + ", " + clash.of_to->id);
    }
  }
  const auto is_dropped = [&](const Alias& alias) { return contains(dropped, alias.id); };
  std::erase_if(to.aliases, is_dropped);
  std::erase_if(from.aliases, is_dropped);
  return {};
}

Status merge_secrets(const Entity& from, bool force, Entity& to) {
  for (const auto& [method, secret] : from.mfa_secrets) {
    const bool is_new = to.mfa_secrets.emplace(method, secret).second;
    if (!is_new && !force) {
      return base::internal(logical::multierror("conflicting MFA config ID \"" + method + "\" in entity ID \"" + from.id + "\""));
    }
  }
  return {};
}

Status move_memberships(Writer& writer, const Entity& from, const Entity& to) {
  for (const KeptGroup& known : writer.index().groups_of(from.id).direct) {
    ASSIGN_OR_RETURN(auto group, writer.group(known->record.id));
    if (!group || !group->member_entity_ids) continue;
    // Once without the one and once with the other, as the reference counts changes.
    std::erase(*group->member_entity_ids, from.id);
    TRY(writer.put(*group));
    if (!contains(*group->member_entity_ids, to.id)) group->member_entity_ids->push_back(to.id);
    TRY(writer.put(*group));
  }
  return {};
}

Status absorb(Writer& writer, const Entity& from, Entity& to) {
  for (Alias alias : from.aliases) {
    alias.canonical_id = to.id;
    alias.merged_from_canonical_ids.push_back(from.id);
    to.aliases.push_back(std::move(alias));
  }
  to.merged_entity_ids.insert(to.merged_entity_ids.end(), from.merged_entity_ids.begin(), from.merged_entity_ids.end());
  to.merged_entity_ids.push_back(from.id);
  TRY(move_memberships(writer, from, to));
  return writer.remove(from);
}

Reply merge(const Services& services, const Call& call, Writer& writer) {
  const std::string to_id = call.fields.string("to_entity_id");
  const auto from_ids = call.fields.strings("from_entity_ids");
  const auto keep = call.fields.strings("conflicting_alias_ids_to_keep");
  if (to_id.empty()) return base::invalid("missing entity id to merge to");
  if (from_ids.empty()) return base::invalid("missing entity ids to merge from");
  ASSIGN_OR_RETURN(auto to, writer.entity(to_id));
  if (!to) return base::invalid("entity id to merge to is invalid");
  if (from_ids.size() > 1 && keep.size() > 1) {
    return base::invalid("aliases conflicts cannot be resolved with multiple from entity ids - merge one entity at a time");
  }
  std::vector<Entity> from;
  for (const std::string& id : without_repetitions(from_ids, Case::kept)) {
    if (id == to->id) return base::invalid("to_entity_id should not be present in from_entity_ids");
    ASSIGN_OR_RETURN(auto entity, writer.entity(id));
    if (!entity) return base::invalid("entity id to merge from is invalid");
    TRY(merge_secrets(*entity, call.fields.boolean("force"), *to));
    from.push_back(std::move(*entity));
  }
  TRY(check_among_themselves(from));
  std::vector<Clash> found;
  for (const Entity& entity : from) add_clashes(*to, entity, found);
  if (!found.empty() && keep.empty()) return refuse(services, found);
  for (Entity& entity : from) {
    TRY(drop_unwanted(keep, *to, entity));
    TRY(absorb(writer, entity, *to));
  }
  TRY(writer.put(*to));
  return Response::none();
}

}  // namespace

std::vector<logical::Path> merge_paths(const Services& services) {
  const auto run = [services](const Call& call, Writer& writer) { return merge(services, call, writer); };
  std::vector<logical::Path> paths;
  paths.push_back(
      {.pattern = "entity/merge/?",
       .fields = {{.name = "from_entity_ids", .type = FieldType::comma_list, .description = "Entity IDs which need to get merged"},
                  {.name = "to_entity_id", .description = "Entity ID into which all the other entities need to get merged"},
                  {.name = "conflicting_alias_ids_to_keep", .type = FieldType::comma_list,
                   .description = "Alias IDs to keep in case of conflicting aliases."},
                  {.name = "force", .type = FieldType::boolean,
                   .description = "Keeps the destination's MFA secrets where both have one of a method."}},
       .handlers = {writes(services, Operation::update, "Merges entities.", run)},
       .synopsis = "Merge two or more entities together"});
  return paths;
}

}  // namespace bao::core::identity
