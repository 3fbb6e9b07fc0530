// The mount as ACME sees it: which roles and issuers its directories lead to, certificates signed by the same rules as `sign`, and
// their revocation. Thread-safe.
#pragma once

#include "internal/engines/pki/acme/mount.h"
#include "internal/engines/pki/mount_store.h"

namespace bao::engines::pki {

class AcmeMount final : public acme::Mount {
 public:
  explicit AcmeMount(const MountStore& store) : store_(store) {}
  base::Result<std::string> address(const storage::ReadView& view) const override;
  acme::Outcome<std::shared_ptr<const acme::Issuing>> issuing(const storage::ReadView& view, const acme::Config& config, const std::string& issuer,
                                                              const std::string& role) const override;
  base::Status check(const storage::ReadView& view, const acme::Config& config) const override;
  base::Result<std::string> certificate(const storage::ReadView& view, std::string_view serial) const override;
  base::Result<std::string> chain(const storage::ReadView& view, const std::string& issuer_id) const override;
  base::Result<bool> is_revoked(const storage::ReadView& view, std::string_view serial) const override;
  base::Result<codec::Json> revoke(storage::WriteView& view, std::string_view der, base::Time now) const override;

 private:
  const MountStore& store_;
};

}  // namespace bao::engines::pki
