// group-alias and group-alias/id.
#include "internal/core/identity/listing.h"

namespace bao::core::identity {
namespace {

using base::Result;
using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::vector<logical::Field> fields() {
  return {{.name = "id", .description = "ID of the group alias."},
          {.name = "name", .description = "Alias of the group."},
          {.name = "mount_accessor", .description = "Mount accessor to which this alias belongs to."},
          {.name = "canonical_id", .description = "ID of the group to which this is an alias."}};
}

// The group that the alias is to have: the one that was named, the one it has, or a new one.
Result<Group> group_for(const std::string& wanted, const Group* held, Writer& writer) {
  if (wanted.empty()) {
    Group group;
    group.type = "external";
    return held == nullptr ? group : *held;
  }
  ASSIGN_OR_RETURN(auto group, writer.group(wanted));
  if (!group) return base::invalid("invalid group ID given in 'canonical_id'");
  if (!group->external()) return base::invalid("alias can't be set on an internal group");
  return std::move(*group);
}

// `held`: the group that has the alias now; nullptr for a new alias.
Reply write_alias(const Services& services, const Call& call, Writer& writer, const Group* held) {
  Alias alias = held == nullptr ? Alias() : *held->alias;
  const std::string name = call.fields.string("name"), accessor = call.fields.string("mount_accessor");
  const std::string wanted = call.fields.string("canonical_id");
  if (name.empty()) return base::invalid("missing alias name");
  if (accessor.empty()) return base::invalid("missing mount_accessor");
  if (alias.name == name && alias.mount_accessor == accessor && (wanted.empty() || alias.canonical_id == wanted)) {
    return Response::none();
  }
  ASSIGN_OR_RETURN(Group group, group_for(wanted, held, writer));
  const auto router = services.router();
  const Mount* mount = router == nullptr ? nullptr : router->by_accessor(accessor);
  if (mount == nullptr) return base::invalid("invalid mount accessor \"" + accessor + "\"");
  if (mount->entry.local) return base::invalid("mount accessor \"" + accessor + "\" is a local mount");
  ASSIGN_OR_RETURN(const auto owner, writer.group_by_factors(accessor, name));
  if (owner && owner->alias && owner->alias->id != alias.id) {
    return base::invalid("combination of mount and group alias name is already in use");
  }
  if (held != nullptr && held->id != group.id) {
    Group previous = *held;
    previous.alias.reset();
    TRY(writer.put(previous));
  }
  if (group.id.empty()) TRY(writer.put(group));
  alias.name = name;
  alias.mount_accessor = accessor;
  alias.mount_type.clear();
  alias.canonical_id = group.id;
  TRY(writer.complete(alias));
  group.alias = alias;
  group.last_update_time = writer.now();
  TRY(writer.put(group));
  return Response::of(Json::record({{"canonical_id", group.id}, {"id", alias.id}}));
}

Reply update_by_id(const Services& services, const Call& call, Writer& writer) {
  const std::string id = call.fields.string("id");
  if (id.empty()) return base::invalid("empty group alias ID");
  ASSIGN_OR_RETURN(const auto held, writer.group_by_alias(id));
  if (!held || !held->alias) return base::invalid("invalid group alias ID");
  return write_alias(services, call, writer, &*held);
}

Reply remove(const Call& call, Writer& writer) {
  ASSIGN_OR_RETURN(auto group, writer.group_by_alias(call.fields.string("id")));
  if (!group) return Response::none();
  group->alias.reset();
  TRY(writer.put(*group));
  return Response::none();
}

void collect(const Services& services, const Index& index, Listing& listing) {
  index.for_each_group([&](const Group& group) {
    if (group.alias) listing.add(group.alias->id, group.alias->name, listed_alias(services, *group.alias));
  });
}

}  // namespace

std::vector<logical::Path> group_alias_paths(const Services& services) {
  const auto update = [services](const Call& call, Writer& writer) { return update_by_id(services, call, writer); };
  const auto create = [services, update](const Call& call, Writer& writer) {
    return call.fields.has("id") ? update(call, writer) : write_alias(services, call, writer, nullptr);
  };
  const auto read = [services](const Call& call, const Index& index) -> Reply {
    const KeptGroup group = index.group_by_alias(call.fields.string("id"));
    if (group == nullptr || !group->record.alias) return nothing_there();
    return Response::of(show_alias(services, *group->record.alias));
  };
  const auto collect_all = [services](const Index& index, Listing& listing) { collect(services, index, listing); };
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "group-alias", .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Creates or updates a group alias.", create)},
                   .synopsis = "Creates a new group alias, or updates an existing one."});
  paths.push_back(list_path(services, "group-alias/id/?", "List all the group alias IDs.", "Lists group aliases.", Key::id, collect_all));
  paths.push_back({.pattern = "group-alias/id/{id}", .fields = fields(),
                   .handlers = {writes(services, Operation::update, "Updates a group alias.", update),
                                reads(services, Operation::read, "Reads a group alias.", read),
                                writes(services, Operation::remove, "Deletes a group alias.", remove)},
                   .synopsis = "Update, read or delete a group alias using ID."});
  return paths;
}

}  // namespace bao::core::identity
