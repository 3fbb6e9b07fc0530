#include "internal/engines/pki/revocation.h"

#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/crl_config.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using codec::Json;
using logical::Reply;
using logical::Response;
using storage::WriteView;

std::string certificate_key(const std::string& serial) { return "certs/" + serial; }

Response answer(const RevokedEntry& entry) {
  return Response::of(Json::object({{"revocation_time", base::unix_seconds(entry.revoked_at)},
                                    {"revocation_time_rfc3339", base::format_rfc3339(entry.revoked_at)},
                                    {"state", "revoked"}}));
}

Response expired(const std::string& serial) {
  Response response;
  response.warnings.push_back("certificate with serial " + shown_serial(serial) + " already expired; refusing to add to CRL");
  return response;
}

base::Status check_no_issuer(const std::vector<Revoker>& revokers, const x509::Certificate& certificate) {
  for (const Revoker& revoker : revokers) {
    if (revoker.certificate->der == certificate.der) return base::invalid("adding issuer (id: " + revoker.id + ") to its own CRL is not allowed");
  }
  return {};
}

base::Status update_lists(WriteView& view, const std::vector<Revoker>& revokers, const CrlConfig& config, const std::string& serial,
                          const RevokedEntry& entry, base::Time now) {
  if (!config.auto_rebuild) return add_to_crls(view, revokers, serial, entry, now);
  return config.enable_delta ? note_for_delta(view, serial) : base::Status();
}

}  // namespace

Reply revoke_certificate(WriteView& view, const std::vector<Revoker>& revokers, std::string_view der, Keeping keeping, base::Time now) {
  ASSIGN_OR_RETURN(const x509::Certificate certificate, x509::parse_certificate(der));
  TRY(check_no_issuer(revokers, certificate));
  const std::string serial = x509::serial_text(certificate.serial, '-');
  ASSIGN_OR_RETURN(const auto before, read_revoked(view, serial));
  if (before) return answer(*before);
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  // In whole seconds: the year 9999 is too far for base::Time.
  const bool is_expired = certificate.not_after < std::chrono::floor<std::chrono::seconds>(now);
  if (is_expired && !config.allow_expired_cert_revocation) return expired(serial);
  if (keeping == Keeping::store) {
    ASSIGN_OR_RETURN(const auto stored, view.get(certificate_key(serial)));
    if (!stored) TRY(view.put(certificate_key(serial), der));
  }
  const RevokedEntry entry{.certificate = std::string(der), .revoked_at = now, .issuer_id = issuer_of(revokers, certificate)};
  TRY(put_revoked(view, serial, entry));
  TRY(update_lists(view, revokers, config, serial, entry, now));
  return answer(entry);
}

Reply revoke_leased(WriteView& view, const std::vector<Revoker>& revokers, std::string_view serial, base::Time now) {
  ASSIGN_OR_RETURN(const auto der, view.get(certificate_key(serial_key(serial))));
  if (!der) return Response::none();
  return revoke_certificate(view, revokers, *der, Keeping::as_it_is, now);
}

}  // namespace bao::engines::pki
