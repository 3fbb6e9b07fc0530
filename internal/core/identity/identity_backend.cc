// The mount's backend, and the defaults of OpenID Connect, each written where it is absent. The default key starts without key material: that is
// made when the first role or client names the key.
#include "internal/core/identity/identity_backend.h"

#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/core/identity/mfa_paths.h"

namespace bao::core {
namespace {

using base::Status;
using codec::Json;

constexpr base::Duration kKeyPeriod = std::chrono::hours(24);
constexpr char kProviderKey[] = "oidc_provider/provider/default";
constexpr char kNamedKeyKey[] = "oidc_tokens/named_keys/default";
constexpr char kAssignmentKey[] = "oidc_provider/assignment/allow_all";

Json everyone() { return Json::strings({"*"}); }

Json default_provider() {
  return Json::record({{"issuer", ""}, {"allowed_client_ids", everyone()}, {"scopes_supported", Json::array()}});
}

Json default_key(base::Time now) {
  const auto period = static_cast<int64_t>(kKeyPeriod.count());
  return Json::record({{"signing_algorithm", "RS256"},
                       {"verification_ttl", period},
                       {"rotation_period", period},
                       {"key_ring", nullptr},
                       {"signing_key", nullptr},
                       {"next_signing_key", nullptr},
                       {"next_rotation", base::format_rfc3339(now + kKeyPeriod)},
                       {"allowed_client_ids", everyone()}});
}

Json allow_all() { return Json::record({{"group_ids", everyone()}, {"entity_ids", everyone()}}); }

Status put_missing(storage::WriteView& mount, std::string_view key, const Json& value) {
  ASSIGN_OR_RETURN(const auto there, mount.get(key));
  return there ? Status() : mount.put(key, codec::write_json(value) + "\n");
}

class IdentityBackend final : public logical::Backend {
 public:
  IdentityBackend(const barrier::Barrier& barrier, identity::CurrentRouter router, const logical::BackendConfig& config)
      : store_(barrier, "logical/" + config.uuid + "/"), clock_(*config.clock) {
    const identity::Services services{store_, std::move(router)};
    std::vector<logical::Path> paths;
    for (const auto& part : {identity::merge_paths, identity::entity_paths, identity::alias_paths, identity::group_paths, identity::group_alias_paths,
                             identity::lookup_paths, identity::mfa_secret_paths, identity::mfa_method_paths, identity::mfa_enforcement_paths}) {
      for (logical::Path& path : part(services)) paths.push_back(std::move(path));
    }
    set_paths(std::move(paths));
  }

  Status initialize(storage::WriteView& all) override {
    storage::PrefixWriteView mount(all, store_.prefix());
    TRY(put_missing(mount, kProviderKey, default_provider()));
    TRY(put_missing(mount, kNamedKeyKey, default_key(clock_.now())));
    return put_missing(mount, kAssignmentKey, allow_all());
  }
  logical::Reply unmatched(const logical::Call& call) const override {
    if (!call.request.relative_path().starts_with("oidc/")) return logical::unsupported_path();
    return base::invalid("this path of identity is not available yet in this server");
  }
  const identity::IdentityStore& store() const { return store_; }
  void invalidate(std::string_view key, base::Index) override { store_.invalidate(key); }
  std::string help() const override {
    return "Entities, their aliases and groups. OpenID Connect is not available yet: its data is kept as it is.";
  }

 private:
  identity::IdentityStore store_;
  const base::Clock& clock_;
};

}  // namespace

const identity::IdentityStore* identity_store_of(const logical::Backend& backend) {
  const auto* made_here = dynamic_cast<const IdentityBackend*>(&backend);
  return made_here == nullptr ? nullptr : &made_here->store();
}

logical::BackendFactory identity_backend(const barrier::Barrier& barrier, identity::CurrentRouter router) {
  return [&barrier, router = std::move(router)](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<IdentityBackend>(barrier, router, config));
  };
}

}  // namespace bao::core
