// Policies as they are stored (openbao-storage.md 2.6).
#include <array>

#include "internal/base/time_format.h"
#include "internal/core/policy/policy.h"

namespace bao::core {
namespace {

using codec::Json;

constexpr std::array kMembers = {"DataVersion", "CASRequired", "Raw", "Type", "Templated", "Expiration", "Modified",
                                 "AllowWildcardsInIdentityTemplates", "AllowSlashesInIdentityTemplates"};

Json time_json(const std::optional<base::Time>& time) { return base::format_rfc3339(time.value_or(base::kZeroTime)); }

base::Result<std::optional<base::Time>> time_of(const Json& text) {
  if (!text.is_string()) return std::optional<base::Time>();
  ASSIGN_OR_RETURN(const base::Time time, base::parse_rfc3339(text.text()));
  return time == base::kZeroTime ? std::optional<base::Time>() : std::optional<base::Time>(time);
}

base::Status read_members(const Json& stored, Policy& policy) {
  if (!stored["DataVersion"].is_null()) {
    ASSIGN_OR_RETURN(policy.version, stored["DataVersion"].as_int());
  }
  policy.raw = stored["Raw"].as_string();
  policy.cas_required = stored["CASRequired"].as_bool();
  policy.allow_wildcards_in_identity_templates = stored["AllowWildcardsInIdentityTemplates"].as_bool();
  policy.allow_slashes_in_identity_templates = stored["AllowSlashesInIdentityTemplates"].as_bool();
  ASSIGN_OR_RETURN(policy.expiration, time_of(stored["Expiration"]));
  ASSIGN_OR_RETURN(policy.modified, time_of(stored["Modified"]));
  if (!stored["Type"].is_null() && stored["Type"].text() != "0") return base::corrupt("unknown policy type");
  policy.unknown = stored;
  for (const char* member : kMembers) policy.unknown.erase(member);
  return {};
}

}  // namespace

base::Result<Policy> make_policy(std::string_view name, std::string_view text) {
  Policy policy;
  policy.name = name;
  policy.raw = text;
  ASSIGN_OR_RETURN(policy.rules, parse_policy_rules(text));
  policy.templated = has_templates(policy.rules);
  return policy;
}

base::Result<Policy> parse_policy_entry(std::string_view name, std::string_view stored) {
  const auto corrupt = [](const base::Error& error) { return base::corrupt("failed to parse policy: " + error.message()); };
  const auto json = codec::parse_json(stored);
  if (!json.ok()) return corrupt(json.error());
  if (!json->is_object()) return base::corrupt("failed to parse policy: not an object");
  Policy policy;
  policy.name = name;
  if (const base::Status read = read_members(*json, policy); !read.ok()) return corrupt(read.error());
  auto rules = parse_policy_rules(policy.raw);
  if (!rules.ok()) return base::corrupt("error decoding policy: " + rules.error().message());
  policy.rules = std::move(*rules);
  policy.templated = has_templates(policy.rules);
  return policy;
}

std::string serialize_policy_entry(const Policy& policy) {
  Json entry = Json::record({{"DataVersion", policy.version},
                             {"CASRequired", policy.cas_required},
                             {"Raw", policy.raw},
                             {"Type", 0},
                             {"Templated", policy.templated},
                             {"Expiration", time_json(policy.expiration)},
                             {"Modified", time_json(policy.modified)},
                             {"AllowWildcardsInIdentityTemplates", policy.allow_wildcards_in_identity_templates},
                             {"AllowSlashesInIdentityTemplates", policy.allow_slashes_in_identity_templates}});
  for (const auto& [name, value] : policy.unknown.members()) entry.set(name, value);
  return codec::write_json(entry);
}

}  // namespace bao::core
