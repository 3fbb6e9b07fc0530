#include "internal/engines/pki/mount_store.h"

#include "internal/engines/pki/layout.h"

namespace bao::engines::pki {

base::Result<AuthoritiesPointer> MountStore::authorities(const storage::ReadView& view) const {
  if (auto held = authorities_.get(); held != nullptr) return held;
  ASSIGN_OR_RETURN(Authorities loaded, Authorities::load(view));
  for (auto& [unused, key] : loaded.keys) key.entry.private_key = nullptr;  // the pair is enough: nothing is written from here
  auto fresh = std::make_shared<const Authorities>(std::move(loaded));
  const base::Index index = view.index();
  base::MutexLock lock(mutex_);
  if (index >= authorities_changed_) authorities_.set(fresh);
  return AuthoritiesPointer(fresh);
}

base::Result<RevokerList> MountStore::all(const storage::ReadView& view) const {
  if (auto held = revokers_.get(); held != nullptr) return held;
  ASSIGN_OR_RETURN(const AuthoritiesPointer known, authorities(view));
  auto fresh = std::make_shared<const std::vector<Revoker>>(known->revokers());
  const base::Index index = view.index();
  base::MutexLock lock(mutex_);
  if (index >= authorities_changed_) revokers_.set(fresh);
  return RevokerList(fresh);
}

base::Result<RevokerList> MountStore::all(const storage::WriteView& view) const {
  ASSIGN_OR_RETURN(const Authorities now, Authorities::load(view));
  return RevokerList(std::make_shared<const std::vector<Revoker>>(now.revokers()));
}

base::Result<RolePointer> MountStore::role(const storage::ReadView& view, const std::string& name) const {
  const auto held = roles_.get();
  if (held != nullptr) {
    if (const auto found = held->find(name); found != held->end()) return found->second;
  }
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::role(name)));
  if (!bytes) return RolePointer();
  ASSIGN_OR_RETURN(RoleEntry parsed, RoleEntry::parse(*bytes));
  const auto role = std::make_shared<const RoleEntry>(std::move(parsed));
  const base::Index index = view.index();
  base::MutexLock lock(mutex_);
  if (index < roles_changed_) return role;
  const auto current = roles_.get();
  auto roles = std::make_shared<Roles>(current == nullptr || current->size() >= kRolesMax ? Roles() : *current);
  (*roles)[name] = role;
  roles_.set(roles);
  return role;
}

void MountStore::invalidate(std::string_view key, base::Index index) {
  const bool all = key.empty();
  const bool of_role = all || key.starts_with(layout::kRoles);
  const bool of_authorities = all || key.starts_with("config/") || key == layout::kUrls;
  if (!of_role && !of_authorities) return;
  base::MutexLock lock(mutex_);
  if (of_role) {
    if (roles_changed_ < index) roles_changed_ = index;
    roles_.set(nullptr);
  }
  if (of_authorities) {
    if (authorities_changed_ < index) authorities_changed_ = index;
    authorities_.set(nullptr);
    revokers_.set(nullptr);
  }
}

}  // namespace bao::engines::pki
