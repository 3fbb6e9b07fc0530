#include "internal/core/mfa/rules.h"

#include <algorithm>

#include "internal/core/mfa/totp_secret.h"

namespace bao::core::mfa {
namespace {

using base::Result;
using base::Status;

constexpr std::string_view kMethods = "sys/login-mfa/method/", kEnforcements = "sys/login-mfa/enforcement/";

std::string key_of(std::string_view prefix, const std::string& id) { return std::string(prefix) + id; }

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool matches(const Enforcement& enforcement, const Subject& subject) {
  const auto is_member = [&](const std::string& group) { return contains(subject.group_ids, group); };
  return contains(enforcement.accessors, subject.accessor) || contains(enforcement.types, subject.mount_type) ||
         (!subject.entity_id.empty() && contains(enforcement.entity_ids, subject.entity_id)) ||
         std::any_of(enforcement.group_ids.begin(), enforcement.group_ids.end(), is_member);
}

// Each entry below the prefix, handed on.
template <typename Take>
Status for_each(const storage::ReadView& all, std::string_view prefix, Take take) {
  ASSIGN_OR_RETURN(const auto ids, all.list(prefix, "", -1));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const auto stored, all.get(key_of(prefix, id)));
    if (stored) TRY(take(*stored));
  }
  return {};
}

}  // namespace

const Method* RuleSet::method(std::string_view id) const {
  const auto found = methods.find(id);
  return found == methods.end() ? nullptr : &found->second;
}

const Method* RuleSet::method_by_name(std::string_view name) const {
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const auto& item) { return !name.empty() && item.second.name == name; });
  return found == methods.end() ? nullptr : &found->second;
}

const Enforcement* RuleSet::user_of(std::string_view method_id) const {
  const auto uses = [&](const auto& item) { return contains(item.second.method_ids, method_id); };
  const auto found = std::find_if(enforcements.begin(), enforcements.end(), uses);
  return found == enforcements.end() ? nullptr : &found->second;
}

std::vector<const Enforcement*> RuleSet::matching(const Subject& subject) const {
  std::vector<const Enforcement*> found;
  for (const auto& [name, enforcement] : enforcements) {
    if (matches(enforcement, subject)) found.push_back(&enforcement);
  }
  return found;
}

Result<RuleSet> read_rules(const storage::ReadView& all) {
  RuleSet rules;
  TRY(for_each(all, kMethods, [&](const std::string& stored) -> Status {
    ASSIGN_OR_RETURN(Method method, parse_method(stored));
    rules.methods.insert_or_assign(method.id, std::move(method));
    return {};
  }));
  TRY(for_each(all, kEnforcements, [&](const std::string& stored) -> Status {
    ASSIGN_OR_RETURN(Enforcement enforcement, parse_enforcement(stored));
    rules.enforcements.insert_or_assign(enforcement.name, std::move(enforcement));
    return {};
  }));
  return rules;
}

Status store(storage::WriteView& all, const Method& method) { return all.put(key_of(kMethods, method.id), serialize(method)); }
Status store(storage::WriteView& all, const Enforcement& enforcement) {
  return all.put(key_of(kEnforcements, enforcement.id), serialize(enforcement));
}

Status remove(storage::WriteView& all, const Method& method) {
  TRY(remove_keys(all, method.id));
  return all.remove(key_of(kMethods, method.id));
}
Status remove(storage::WriteView& all, const Enforcement& enforcement) { return all.remove(key_of(kEnforcements, enforcement.id)); }

}  // namespace bao::core::mfa
