#include "internal/core/identity/records.h"

#include "internal/codec/protobuf.h"

namespace bao::core::identity {
namespace {

using base::Result;
using base::Status;
using codec::WireField;

constexpr uint32_t kGivenEmpty = 1000;  // a bit for each list or map that was given as empty

Result<std::pair<std::string, std::string>> parse_pair(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  std::pair<std::string, std::string> pair;
  for (const WireField& field : fields) {
    if (field.kind != 2) continue;
    if (field.id == 1) pair.first = field.bytes;
    if (field.id == 2) pair.second = field.bytes;
  }
  return pair;
}

Status read_pair(std::string_view message, OptionalMetadata& to) {
  ASSIGN_OR_RETURN(auto pair, parse_pair(message));
  if (!to) to.emplace();
  (*to)[std::move(pair.first)] = std::move(pair.second);
  return {};
}

Status read_time(std::string_view message, base::Time& to) {
  ASSIGN_OR_RETURN(to, codec::parse_timestamp(message));
  return {};
}

void append(OptionalList& list, std::string_view value) {
  if (!list) list.emplace();
  list->emplace_back(value);
}

template <typename Container>
void restore_empty(uint64_t given, uint64_t bit, std::optional<Container>& to) {
  if ((given & bit) != 0 && !to) to.emplace();
}

template <typename Container>
uint64_t bit_if_empty(const std::optional<Container>& container, uint64_t bit) {
  return container && container->empty() ? bit : 0;
}

void put_pair(std::string& out, uint32_t id, std::string_view key, std::string_view value) {
  std::string pair;
  codec::put_message(pair, 1, key);
  codec::put_message(pair, 2, value);
  codec::put_message(out, id, pair);
}

void put_metadata(std::string& out, uint32_t id, const OptionalMetadata& metadata) {
  if (!metadata) return;
  for (const auto& [key, value] : *metadata) put_pair(out, id, key, value);
}

void put_time(std::string& out, uint32_t id, base::Time time) {
  if (time != base::kZeroTime) codec::put_message(out, id, codec::timestamp_message(time));
}

Result<Alias> parse_alias(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Alias alias;
  uint64_t given = 0;
  for (const WireField& field : fields) {
    const std::string_view bytes = field.bytes;
    switch (field.id) {
      case 1: alias.id = bytes; break;
      case 2: alias.canonical_id = bytes; break;
      case 3: alias.mount_type = bytes; break;
      case 4: alias.mount_accessor = bytes; break;
      case 5: alias.mount_path = bytes; break;
      case 6: TRY(read_pair(bytes, alias.metadata)); break;
      case 7: alias.name = bytes; break;
      case 8: TRY(read_time(bytes, alias.creation_time)); break;
      case 9: TRY(read_time(bytes, alias.last_update_time)); break;
      case 10: alias.merged_from_canonical_ids.emplace_back(bytes); break;
      case 11: alias.namespace_id = bytes; break;
      case 12: TRY(read_pair(bytes, alias.custom_metadata)); break;
      case 13: alias.local = field.number != 0; break;
      case 14: alias.local_bucket_key = bytes; break;
      case kGivenEmpty: given = field.number; break;
      default: alias.unknown += field.whole;
    }
  }
  restore_empty(given, 1, alias.metadata);
  restore_empty(given, 2, alias.custom_metadata);
  return alias;
}

std::string serialize_alias(const Alias& alias) {
  std::string out;
  codec::put_bytes(out, 1, alias.id);
  codec::put_bytes(out, 2, alias.canonical_id);
  codec::put_bytes(out, 3, alias.mount_type);
  codec::put_bytes(out, 4, alias.mount_accessor);
  codec::put_bytes(out, 5, alias.mount_path);
  put_metadata(out, 6, alias.metadata);
  codec::put_bytes(out, 7, alias.name);
  put_time(out, 8, alias.creation_time);
  put_time(out, 9, alias.last_update_time);
  codec::put_strings(out, 10, alias.merged_from_canonical_ids);
  codec::put_bytes(out, 11, alias.namespace_id);
  put_metadata(out, 12, alias.custom_metadata);
  codec::put_bool(out, 13, alias.local);
  codec::put_bytes(out, 14, alias.local_bucket_key);
  codec::put_uint(out, kGivenEmpty, bit_if_empty(alias.metadata, 1) | bit_if_empty(alias.custom_metadata, 2));
  return out + alias.unknown;
}

}  // namespace

Result<Entity> parse_entity(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Entity entity;
  uint64_t given = 0;
  for (const WireField& field : fields) {
    const std::string_view bytes = field.bytes;
    switch (field.id) {
      case 1: {
        ASSIGN_OR_RETURN(Alias alias, parse_alias(bytes));
        entity.aliases.push_back(std::move(alias));
        break;
      }
      case 2: entity.id = bytes; break;
      case 3: entity.name = bytes; break;
      case 4: TRY(read_pair(bytes, entity.metadata)); break;
      case 5: TRY(read_time(bytes, entity.creation_time)); break;
      case 6: TRY(read_time(bytes, entity.last_update_time)); break;
      case 7: entity.merged_entity_ids.emplace_back(bytes); break;
      case 8: entity.policies.emplace_back(bytes); break;
      case 9: entity.bucket_key = bytes; break;
      case 10: {
        ASSIGN_OR_RETURN(auto secret, parse_pair(bytes));
        entity.mfa_secrets[std::move(secret.first)] = std::move(secret.second);
        break;
      }
      case 11: entity.disabled = field.number != 0; break;
      case 12: entity.namespace_id = bytes; break;
      case kGivenEmpty: given = field.number; break;
      default: entity.unknown += field.whole;
    }
  }
  restore_empty(given, 1, entity.metadata);
  return entity;
}

std::string serialize_entity(const Entity& entity) {
  std::string out;
  for (const Alias& alias : entity.aliases) codec::put_message(out, 1, serialize_alias(alias));
  codec::put_bytes(out, 2, entity.id);
  codec::put_bytes(out, 3, entity.name);
  put_metadata(out, 4, entity.metadata);
  put_time(out, 5, entity.creation_time);
  put_time(out, 6, entity.last_update_time);
  codec::put_strings(out, 7, entity.merged_entity_ids);
  codec::put_strings(out, 8, entity.policies);
  codec::put_bytes(out, 9, entity.bucket_key);
  for (const auto& [method, secret] : entity.mfa_secrets) put_pair(out, 10, method, secret);
  codec::put_bool(out, 11, entity.disabled);
  codec::put_bytes(out, 12, entity.namespace_id);
  codec::put_uint(out, kGivenEmpty, bit_if_empty(entity.metadata, 1));
  return out + entity.unknown;
}

Result<Group> parse_group(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Group group;
  uint64_t given = 0;
  for (const WireField& field : fields) {
    const std::string_view bytes = field.bytes;
    switch (field.id) {
      case 1: group.id = bytes; break;
      case 2: group.name = bytes; break;
      case 3: append(group.policies, bytes); break;
      case 4: group.parent_group_ids.emplace_back(bytes); break;
      case 5: append(group.member_entity_ids, bytes); break;
      case 6: TRY(read_pair(bytes, group.metadata)); break;
      case 7: TRY(read_time(bytes, group.creation_time)); break;
      case 8: TRY(read_time(bytes, group.last_update_time)); break;
      case 9: group.modify_index = field.number; break;
      case 10: group.bucket_key = bytes; break;
      case 11: {
        ASSIGN_OR_RETURN(group.alias, parse_alias(bytes));
        break;
      }
      case 12: group.type = bytes; break;
      case 13: group.namespace_id = bytes; break;
      case kGivenEmpty: given = field.number; break;
      default: group.unknown += field.whole;
    }
  }
  restore_empty(given, 1, group.metadata);
  restore_empty(given, 2, group.policies);
  restore_empty(given, 4, group.member_entity_ids);
  return group;
}

std::string serialize_group(const Group& group) {
  std::string out;
  codec::put_bytes(out, 1, group.id);
  codec::put_bytes(out, 2, group.name);
  if (group.policies) codec::put_strings(out, 3, *group.policies);
  codec::put_strings(out, 4, group.parent_group_ids);
  if (group.member_entity_ids) codec::put_strings(out, 5, *group.member_entity_ids);
  put_metadata(out, 6, group.metadata);
  put_time(out, 7, group.creation_time);
  put_time(out, 8, group.last_update_time);
  codec::put_uint(out, 9, group.modify_index);
  codec::put_bytes(out, 10, group.bucket_key);
  if (group.alias) codec::put_message(out, 11, serialize_alias(*group.alias));
  codec::put_bytes(out, 12, group.type);
  codec::put_bytes(out, 13, group.namespace_id);
  codec::put_uint(out, kGivenEmpty,
                  bit_if_empty(group.metadata, 1) | bit_if_empty(group.policies, 2) | bit_if_empty(group.member_entity_ids, 4));
  return out + group.unknown;
}

Result<std::vector<Alias>> parse_local_aliases(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  std::vector<Alias> aliases;
  for (const WireField& field : fields) {
    if (field.id != 1) continue;
    ASSIGN_OR_RETURN(Alias alias, parse_alias(field.bytes));
    aliases.push_back(std::move(alias));
  }
  return aliases;
}

std::string serialize_local_aliases(const std::vector<Alias>& aliases) {
  std::string out;
  for (const Alias& alias : aliases) codec::put_message(out, 1, serialize_alias(alias));
  return out;
}

}  // namespace bao::core::identity
