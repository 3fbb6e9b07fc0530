#include "internal/engines/pki/role_templates.h"

#include "internal/logical/identity_template.h"

namespace bao::engines::pki {
namespace {

std::vector<std::string> filled(const std::vector<std::string>& texts, const logical::Identity& identity, std::string_view blocked,
                                base::Time now) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    const auto templated = logical::is_templated(text);
    if (!templated.ok() || !*templated) {
      out.push_back(text);
      continue;
    }
    auto value = logical::fill_template(text, &identity, blocked, now);
    if (value.ok()) out.push_back(std::move(*value));
  }
  return out;
}

}  // namespace

std::shared_ptr<const RoleEntry> role_for(std::shared_ptr<const RoleEntry> role, const logical::Identity* identity, base::Time now) {
  if (identity == nullptr || (!role->allowed_domains_template && !role->allowed_uri_sans_template)) return role;
  const std::string_view blocked = role->allow_globs_in_identity_templates ? "" : "*";
  auto own = std::make_shared<RoleEntry>(*role);
  if (role->allowed_domains_template) own->allowed_domains = filled(role->allowed_domains, *identity, blocked, now);
  if (role->allowed_uri_sans_template) own->allowed_uri_sans = filled(role->allowed_uri_sans, *identity, blocked, now);
  return own;
}

}  // namespace bao::engines::pki
