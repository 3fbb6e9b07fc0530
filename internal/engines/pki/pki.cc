#include "internal/engines/pki/pki.h"

#include "internal/engines/pki/acme/acme.h"
#include "internal/engines/pki/acme_mount.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/long_lists.h"
#include "internal/engines/pki/revocation.h"
#include "internal/engines/pki/revocation_paths.h"
#include "internal/engines/pki/tidy.h"

namespace bao::engines {
namespace pki {
namespace {

class PkiBackend final : public logical::Backend {
 public:
  PkiBackend(const logical::BackendConfig& config, std::unique_ptr<acme::Validations> validations, const IdentityOf& identity_of)
      : store_(config), acme_mount_(store_), acme_(acme_mount_, std::move(validations)), tidy_(store_, config.uuid), long_lists_(store_) {
    std::vector<logical::Path> paths;
    // Before those of certificates and issuers, whose captures would take their names.
    for (const auto part : {crl_config_paths, crl_paths, crl_signing_paths, revoke_paths}) {
      for (logical::Path& path : part(store_)) paths.push_back(std::move(path));
    }
    for (logical::Path& path : ocsp_paths(store_, ocsp_cache_)) paths.push_back(std::move(path));
    for (logical::Path& path : tidy_paths(tidy_)) paths.push_back(std::move(path));
    for (logical::Path& path : acme_.paths()) paths.push_back(std::move(path));
    add_role_paths(paths, store_);
    add_cel_role_paths(paths, store_);
    add_cel_issue_paths(paths, store_);
    add_root_paths(paths, store_);
    add_import_paths(paths, store_);
    add_intermediate_paths(paths, store_);
    add_key_paths(paths, store_);
    add_settings_paths(paths, store_);
    add_issue_paths(paths, store_, identity_of);
    add_certificate_paths(paths, store_);
    add_issuer_paths(paths, store_);
    set_paths(std::move(paths));
  }
  base::Status initialize(WriteView& view) override {
    tidy_.look();
    long_lists_.begin_anew();
    return acme_.initialize(view);
  }
  void invalidate(std::string_view key, base::Index index) override {
    store_.invalidate(key, index);
    acme_.invalidate(key);
    tidy_.invalidate(key);
    long_lists_.invalidate(key);
    ocsp_cache_.invalidate(key, index);
  }
  base::Status work(base::Time now, const Transact& transact) override {
    TRY(acme_.work(now, transact));
    TRY(long_lists_.work(now, transact));
    return tidy_.work(now, transact);
  }
  // A lease that ends revokes its certificate.
  logical::Reply revoke(const Call& call, WriteView& view) override {
    ASSIGN_OR_RETURN(const RevokerList revokers, store_.all(view));
    return revoke_leased(view, *revokers, call.request.data["secret"]["internal_data"]["serial_number"].as_string(), call.now);
  }
  std::string help() const override {
    return "The PKI backend issues certificates: it holds certificate authorities and their keys, and roles\n"
           "that say what may be asked of them.";
  }

 private:
  MountStore store_;
  AcmeMount acme_mount_;
  acme::Acme acme_;
  Tidy tidy_;
  LongLists long_lists_;
  OcspCache ocsp_cache_;
};

}  // namespace
}  // namespace pki

logical::BackendFactory pki_backend_with(ValidationsFactory validations, pki::IdentityOf identity_of) {
  return [validations = std::move(validations), identity_of = std::move(identity_of)](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<pki::PkiBackend>(config, validations(), identity_of));
  };
}

logical::BackendFactory pki_backend(net::AddressRule outbound, pki::IdentityOf identity_of) {
  return pki_backend_with([outbound = std::move(outbound)] { return pki::acme::make_validations(outbound); }, std::move(identity_of));
}

}  // namespace bao::engines
