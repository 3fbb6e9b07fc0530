// Putting a core together: which engines there are, and who owns which storage prefix (ARCHITECTURE D12).
#include "internal/core/parts.h"

#include "internal/auth/approle/approle.h"
#include "internal/auth/userpass/userpass.h"
#include "internal/core/auth_token/auth_token_backend.h"
#include "internal/core/ha/cluster.h"
#include "internal/core/identity/identity_backend.h"
#include "internal/core/life_cycle.h"
#include "internal/core/mounts/plugin_version.h"
#include "internal/core/quota/rate_limits.h"
#include "internal/core/request_handler.h"
#include "internal/core/revoker.h"
#include "internal/core/second_factor.h"
#include "internal/core/settings/cross_origin.h"
#include "internal/core/system/system_backend.h"
#include "internal/core/under_way.h"
#include "internal/engines/cubbyhole/cubbyhole.h"
#include "internal/engines/kv/kv.h"
#include "internal/engines/pki/pki.h"

namespace bao::core {
namespace {

MountTable::Factories secret_engines(Core::Parts& parts) {
  const auto identity_of = [&parts](std::string_view entity_id) -> std::shared_ptr<const logical::Identity> {
    const auto standing = parts.identities.standing(entity_id);
    if (!standing.ok() || *standing == nullptr) return nullptr;
    return {*standing, &(*standing)->identity};
  };
  MountTable::Factories types = {{"kv", engines::kv_backend()},
                                 {"cubbyhole", engines::cubbyhole_backend()},
                                 {"pki", engines::pki_backend(parts.options.outbound, identity_of)},
                                 {"identity", identity_backend(parts.barrier, [&parts] { return parts.mounts->current(); })},
                                 {"system", system_backend(parts)}};
  types.insert(parts.options.more_secret_types.begin(), parts.options.more_secret_types.end());
  return types;
}

MountTable::Factories auth_methods(Core::Parts& parts) {
  return {{"token", token_backend(parts)}, {"approle", auth::approle_backend()}, {"userpass", auth::userpass_backend()}};
}

// Engines learn the key relative to their mount.
void invalidate_engine(const MountTable& mounts, std::string_view key, base::Index index) {
  const auto router = mounts.current();
  const Mount* mount = router == nullptr ? nullptr : router->by_storage_key(key);
  if (mount == nullptr || !key.starts_with(mount->data_prefix)) return;
  mount->backend->invalidate(key.substr(mount->data_prefix.size()), index);
}

// Keys that nothing keeps in memory: read where they are needed, or not ours to understand.
void own_without_cache(Invalidation& registry) {
  for (const char* prefix :
       {"core/cluster/", "core/index-header-hmac-key", "core/versions/", "core/raft/",
        "core/leader/", "core/wrapping/", "core/lock", "core/initialize-lock", "core/migration", "core/plugin-catalog/",
        "core/namespaces/", "core/login/", "core/status/", "core/group-policy-application-mode", "core/sscGenCounter/",
        "core/unseal-keys-backup", "core/recovery-keys-backup", "sys/config/", "sys/uiconfig",
        "sys/password_policy/", "sys/mfa/", "namespaces/",
        "workflows/", "raftchunking/"}) {
    registry.own(prefix, "opaque", nullptr);
  }
}

void own_prefixes(Core::Parts& parts) {
  Invalidation& registry = parts.invalidation;
  for (const char* prefix : {"core/seal-config", "core/recovery-config", "core/recovery-key", "core/hsm/", "core/master",
                             "core/shamir-kek"}) {
    registry.own(prefix, "seal", nullptr);
  }
  const auto keyring_changed = [&parts](std::string_view, base::Index) { parts.life_cycle->keyring_changed(); };
  for (const char* prefix : {"core/keyring", "core/root-key", "core/upgrade/"}) registry.own(prefix, "seal", keyring_changed);
  registry.on_everything([&parts](base::Index index) {
    parts.life_cycle->data_replaced();
    parts.policies.invalidate_all(index);
    parts.tokens.invalidate_all(index);
    parts.mounts->mark_replaced(index);
    parts.audit.mark_stale();
    parts.cross_origin->mark_stale();
    parts.rate_limits->everything_changed();
    parts.second_factor->data_replaced();
  });
  const auto mounts_changed = [&parts](std::string_view, base::Index index) { parts.mounts->mark_stale(index); };
  for (const char* prefix : {"core/mounts", "core/local-mounts", "core/auth", "core/local-auth"}) {
    registry.own(prefix, "mounts", mounts_changed);
  }
  registry.own("sys/policy/", "policy", [&parts](std::string_view key, base::Index index) { parts.policies.invalidate(key, index); });
  const auto tokens_changed = [&parts](std::string_view key, base::Index index) { parts.tokens.invalidate(key, index); };
  registry.own("sys/token/", "token", tokens_changed);
  registry.own("sys/expire/", "expiration", tokens_changed);
  const auto engine_changed = [&parts](std::string_view key, base::Index index) { invalidate_engine(*parts.mounts, key, index); };
  registry.own("logical/", "engines", engine_changed);
  registry.own("auth/", "engines", engine_changed);
  const auto audit_changed = [&parts](std::string_view, base::Index) { parts.audit.mark_stale(); };
  for (const char* prefix : {"core/audit", "core/local-audit", "audit/", "sys/audited-headers-config/"}) {
    registry.own(prefix, "audit", audit_changed);
  }
  registry.own(std::string(CrossOrigin::kStorageKey), "settings", [&parts](std::string_view, base::Index) { parts.cross_origin->mark_stale(); });
  registry.own("sys/quotas/", "settings", [&parts](std::string_view key, base::Index) { parts.rate_limits->changed(key); });
  registry.own("sys/login-mfa/", "mfa", [&parts](std::string_view, base::Index) { parts.second_factor->rules_changed(); });
  own_without_cache(registry);
}

std::string cubbyhole_uuid(const MountTable& mounts) {
  const auto router = mounts.current();
  const Mount* mount = router == nullptr ? nullptr : router->of_type("cubbyhole");
  return mount == nullptr ? "" : mount->entry.uuid;
}

}  // namespace

Core::Parts::Parts(storage::Backend& storage_backend, CoreOptions core_options, const base::Clock& core_clock)
    : options(std::move(core_options)), clock(core_clock), backend(storage_backend), barrier(storage_backend), audit(barrier, options.audit),
      expiration(core_clock), tokens(barrier, expiration, core_clock), identities([this] { return mounts->current(); }) {
  mounts = std::make_unique<MountTable>(barrier, secret_engines(*this), auth_methods(*this), options.defaults, clock,
                                        builtin_version(options.version));
  tokens.set_cubbyhole_mount([this] { return cubbyhole_uuid(*mounts); });
  wrapping = std::make_unique<Wrapping>(tokens, *mounts, clock, options.api_address);
  cross_origin = std::make_unique<CrossOrigin>(barrier);
  rate_limits = std::make_unique<RateLimits>(barrier, [this] { return mounts->router(); }, clock,
                                             std::map<std::string, RoleOfLogin>{{"approle", auth::approle_role_of}});
  under_way = std::make_unique<UnderWay>(clock);
  revoker = make_revoker(*this);
  second_factor = make_second_factor(*this);
  life_cycle = make_life_cycle(*this);
  handler = make_request_handler(*this);
  own_prefixes(*this);
  invalidation.set_strict(options.strict);
  if (options.cluster != nullptr) {
    options.cluster->on_replacing([this](Cluster::Replacing what) {
      if (what == Cluster::Replacing::begins) life_cycle->data_changes();
      else life_cycle->data_unchanged();
    });
  }
  backend.set_listener([this](const storage::ChangeSet& changes) { invalidation.apply(changes); });
}

// The life cycle ends its threads first; the listener goes before what it tells.
Core::Parts::~Parts() {
  life_cycle->stop();
  backend.set_listener(nullptr);
  if (options.cluster != nullptr) options.cluster->on_replacing(nullptr);
}

}  // namespace bao::core
