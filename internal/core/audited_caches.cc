#include "internal/core/audited_caches.h"

#include <algorithm>

#include "internal/barrier/keyring_comparison.h"
#include "internal/core/ha/cluster.h"
#include "internal/core/life_cycle.h"

namespace bao::core {
namespace {

using base::Result;
using Outcome = Comparison::Outcome;

Result<Comparison> compare_token(Core::Parts& parts, uint64_t number) {
  const barrier::Reader all(parts.barrier);
  ASSIGN_OR_RETURN(const auto audited, parts.tokens.audit(all, number));
  if (audited.token == nullptr) return Comparison{};
  if (audited.same) return Comparison{Outcome::same};
  return Comparison{Outcome::differs, "accessor " + audited.token->entry->accessor, all.index(),
                    [&parts, token = audited.token] { return parts.tokens.keeps(*token); }};
}

Result<Comparison> compare_policy(Core::Parts& parts, uint64_t number) {
  const barrier::Reader all(parts.barrier);
  ASSIGN_OR_RETURN(const auto audited, parts.policies.audit(all, number));
  if (audited.key.empty()) return Comparison{};
  if (audited.same) return Comparison{Outcome::same};
  return Comparison{Outcome::differs, audited.key, all.index(), [&parts, audited] { return parts.policies.keeps(audited); }};
}

// The table that holds the mount of that number; the table is loaded as a whole, so one stored entry more or less counts, too.
Result<Comparison> compare_mounts(Core::Parts& parts, uint64_t) {
  const auto router = parts.mounts->current();
  if (router == nullptr || parts.mounts->stale()) return Comparison{};
  const barrier::Reader all(parts.barrier);
  std::vector<std::string> stored, kept;
  for (const std::string_view table : {"mounts", "auth"}) {
    ASSIGN_OR_RETURN(const auto entries, stored_mounts(all, table));
    for (const MountEntry& entry : entries) stored.push_back(serialize_mount_entry(entry));
  }
  for (const auto& mount : router->mounts()) kept.push_back(serialize_mount_entry(mount->entry));
  std::sort(stored.begin(), stored.end());
  std::sort(kept.begin(), kept.end());
  if (stored == kept) return Comparison{Outcome::same};
  return Comparison{Outcome::differs, "mount tables", all.index(),
                    [&parts, router] { return parts.mounts->current() == router && !parts.mounts->stale(); }};
}

Result<Comparison> compare_keyring(Core::Parts& parts, uint64_t) {
  if (parts.life_cycle->keyring_stale()) return Comparison{};
  ASSIGN_OR_RETURN(const auto compared, barrier::compare_with_stored(parts.barrier));
  if (compared.same) return Comparison{Outcome::same};
  return Comparison{Outcome::differs, "keyring", compared.at, [&parts] {
                      const auto again = barrier::compare_with_stored(parts.barrier);
                      return again.ok() && !again->same && !parts.life_cycle->keyring_stale();
                    }};
}

}  // namespace

std::vector<AuditedCache> audited_caches(Core::Parts& parts) {
  const auto of = [&parts](Result<Comparison> (*compare)(Core::Parts&, uint64_t)) {
    return [&parts, compare](uint64_t number) { return compare(parts, number); };
  };
  return {{"tokens", of(compare_token), [&parts] { return parts.tokens.kept().objects; },
           [&parts](base::Index at) { parts.tokens.invalidate_all(at); }},
          {"policies", of(compare_policy), [&parts] { return parts.policies.kept(); },
           [&parts](base::Index at) { parts.policies.invalidate_all(at); }},
          {"mounts", of(compare_mounts),
           [&parts] {
             const auto router = parts.mounts->current();
             return router == nullptr ? size_t{0} : router->mounts().size();
           },
           [&parts](base::Index at) { parts.mounts->mark_stale(at); }},
          {"keyring", of(compare_keyring), [&parts] { return size_t{parts.barrier.sealed() ? 0u : 1u}; },
           [&parts](base::Index) { parts.life_cycle->keyring_changed(); }}};
}

bool all_told(const Core::Parts& parts, base::Index index) {
  return parts.options.cluster == nullptr || parts.options.cluster->await_applied(index, std::chrono::milliseconds(0));
}

}  // namespace bao::core
