#include "internal/engines/pki/revoked_entry.h"

#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/serial.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

std::string key_of(std::string_view serial) { return "revoked/" + std::string(serial); }

}  // namespace

std::string serial_key(std::string_view serial_text) {
  const auto serial = crypto::x509::parse_serial(serial_text);
  return serial ? crypto::x509::serial_text(*serial, '-') : "";
}

std::string shown_serial(std::string_view key) {
  std::string text(key);
  std::replace(text.begin(), text.end(), '-', ':');
  return text;
}

base::Result<RevokedEntry> parse_revoked(std::string_view bytes) {
  const auto stored = codec::parse_json(bytes);
  if (!stored.ok() || !stored->is_object()) return base::corrupt("an entry of a revoked certificate is no JSON");
  const auto certificate = codec::from_base64((*stored)["certificate_bytes"].as_string());
  if (!certificate.ok()) return base::corrupt("an entry of a revoked certificate holds none");
  RevokedEntry entry{.certificate = *certificate, .revoked_at = {}, .issuer_id = (*stored)["issuer_id"].as_string()};
  // The exact time came later than the seconds.
  const auto exact = base::parse_rfc3339((*stored)["revocation_time_utc"].as_string());
  if (exact.ok() && *exact != base::kZeroTime) {
    entry.revoked_at = *exact;
    return entry;
  }
  const auto seconds = (*stored)["revocation_time"].as_int();
  if (!seconds.ok()) return base::corrupt("an entry of a revoked certificate has no time");
  entry.revoked_at = base::Time(base::seconds(*seconds));
  return entry;
}

std::string write_revoked(const RevokedEntry& entry) {
  return codec::write_json(Json::record({{"certificate_bytes", codec::to_base64(entry.certificate)},
                                         {"revocation_time", base::unix_seconds(entry.revoked_at)},
                                         {"revocation_time_utc", base::format_rfc3339(entry.revoked_at)},
                                         {"issuer_id", entry.issuer_id}})) + "\n";
}

base::Result<std::optional<RevokedEntry>> read_revoked(const storage::ReadView& view, std::string_view serial) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(key_of(serial)));
  if (!bytes) return std::optional<RevokedEntry>();
  ASSIGN_OR_RETURN(RevokedEntry entry, parse_revoked(*bytes));
  return std::optional(std::move(entry));
}

base::Status put_revoked(storage::WriteView& view, std::string_view serial, const RevokedEntry& entry) {
  return view.put(key_of(serial), write_revoked(entry));
}

}  // namespace bao::engines::pki
