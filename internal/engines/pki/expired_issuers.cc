#include "internal/engines/pki/expired_issuers.h"

#include "internal/base/log.h"
#include "internal/engines/pki/authorities.h"

namespace bao::engines::pki {

base::Status remove_expired_issuers(storage::WriteView& view, base::Duration buffer, base::Time now) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  std::vector<std::string> expired;
  for (const auto& [id, issuer] : authorities.issuers) {
    if (issuer.certificate.not_after >= std::chrono::floor<std::chrono::seconds>(now - buffer)) continue;
    if (id == authorities.issuer_config.default_id) {
      base::log_warn("pki", "an issuer expired long ago and stays, because it is the default issuer", {{"issuer", id}, {"name", issuer.entry.name}});
      continue;
    }
    base::log_info("pki", "an issuer that expired long ago is removed; its key stays",
                   {{"issuer", id}, {"name", issuer.entry.name}, {"key", issuer.entry.key_id}, {"certificate", issuer.entry.certificate}});
    expired.push_back(id);
  }
  if (expired.empty()) return {};
  for (const std::string& id : expired) TRY(authorities.remove_issuer(view, id));
  TRY(authorities.rebuild_chains(view));
  return rebuild_lists(view, authorities, now);
}

}  // namespace bao::engines::pki
