#include "internal/core/identity/identity_store.h"

#include "internal/core/identity/claims.h"

namespace bao::core::identity {

using base::MutexLock;
using base::Result;
using base::Status;

namespace {
constexpr size_t kStandingBytes = 2048;  // roughly
}

void IdentityStore::invalidate(std::string_view key) {
  if (!key.starts_with("packer/")) return;
  const MutexLock lock(marking_);
  marks_.keys.emplace(key);
  marks_.count = marked_.fetch_add(1) + 1;
}

Result<std::shared_ptr<const Index>> IdentityStore::index() const {
  auto known = index_.get();
  if (known != nullptr && known->seen == marked_.load(std::memory_order_acquire)) return known;
  const MutexLock lock(loading_);
  return refresh();
}

Result<std::shared_ptr<const Standing>> IdentityStore::standing(std::string_view entity_id) const {
  ASSIGN_OR_RETURN(const auto index, this->index());
  const size_t hash = std::hash<std::string_view>()(entity_id);
  auto known = standings_.find(entity_id, hash);
  if (known && known->seen == index->seen) return std::move(known->standing);
  const KeptEntity entity = index->entity_or_heir(entity_id);
  if (entity == nullptr) return std::shared_ptr<const Standing>();
  const Index::Membership groups = index->groups_of(entity->record.id);
  auto standing = known && known->standing->made_of == serials_of(entity, groups) ? std::move(known->standing) : make_standing(entity, groups);
  standings_.fill(std::string(entity_id), hash, {standing, index->seen}, kStandingBytes, {});
  return standing;
}

// Marks are taken before the snapshot, so that it holds whatever they stand for.
Result<std::shared_ptr<const Index>> IdentityStore::refresh() const {
  auto known = index_.get();
  Marks taken;
  {
    const MutexLock lock(marking_);
    if (known != nullptr && known->seen == marks_.count && !marks_.everything) return known;
    if (known == nullptr) marks_.everything = true;
    taken = marks_;
    taken.count = marked_.load();
    marks_.keys.clear();
    marks_.everything = false;
  }
  auto next = taken.everything ? std::make_shared<Index>() : std::make_shared<Index>(*known);
  if (const Status read = read_marked(taken, *next); !read.ok()) {
    const MutexLock lock(marking_);
    marks_.keys.merge(taken.keys);
    marks_.everything = marks_.everything || taken.everything;
    return read.error();
  }
  next->seen = taken.count;
  index_.set(next);
  return std::shared_ptr<const Index>(std::move(next));
}

Status IdentityStore::read_marked(const Marks& marks, Index& index) const {
  const barrier::Reader all(barrier_);
  const storage::PrefixReadView mount(all, prefix_);
  const auto read = [&](const std::string& key) -> Status {
    ASSIGN_OR_RETURN(const auto stored, mount.get(key));
    return index.apply(key, stored.value_or(""));
  };
  if (!marks.everything) {
    for (const std::string& key : marks.keys) TRY(read(key));
    return {};
  }
  for (const std::string_view folder : {kEntityBuckets, kLocalAliasBuckets, kGroupBuckets, kClaims}) {
    ASSIGN_OR_RETURN(const auto names, mount.list(folder, "", -1));
    for (const std::string& name : names) TRY(read(std::string(folder) + name));
  }
  return {};
}

}  // namespace bao::core::identity
