#include "internal/core/mfa/totp_secret.h"

#include <chrono>
#include <optional>

#include "internal/base/secret.h"
#include "internal/codec/base32.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::core::mfa {
namespace {

using base::Result;
using base::Status;
using codec::Json;

constexpr std::string_view kKeys = "sys/mfa/totpkeys/";
constexpr const char* kLastPeriod = "last_period";  // ours

std::string keys_of(std::string_view method_id) { return std::string(kKeys) + std::string(method_id) + "/"; }
std::string key_of(std::string_view method_id, std::string_view entity_id) { return keys_of(method_id) + std::string(entity_id); }

Status put(storage::WriteView& all, const std::string& at, const Json& entry) { return all.put(at, codec::write_json(entry) + "\n"); }

// The period whose passcode this is, if it is after the last one that was taken.
std::optional<int64_t> period_of(const TotpSettings& settings, std::string_view key, std::string_view passcode, int64_t last, base::Time now) {
  const int64_t current = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() / settings.period_seconds;
  std::optional<int64_t> found;
  for (int64_t period = current - settings.skew; period <= current + settings.skew; ++period) {
    const std::string expected = crypto::one_time_password(settings.algorithm, key, static_cast<uint64_t>(period), settings.digits);
    if (base::equal_in_constant_time(expected, passcode) && period > last) found = period;
  }
  return found;
}

}  // namespace

Result<std::string> make_key(storage::WriteView& all, const Method& method, const std::string& entity_id) {
  const TotpSettings& settings = method.totp->settings;
  const std::string key = codec::to_base32(crypto::random_bytes(settings.key_size));
  TRY(put(all, key_of(method.id, entity_id), Json::record({{"key", key}})));
  const std::string issuer = codec::percent_encode_path(settings.issuer);
  return "otpauth://totp/" + issuer + ":" + entity_id + "?algorithm=" + std::string(name_of(settings.algorithm)) +
         "&digits=" + std::to_string(settings.digits) + "&issuer=" + codec::percent_encode_query(settings.issuer) +
         "&period=" + std::to_string(settings.period_seconds) + "&secret=" + key;
}

Status remove_key(storage::WriteView& all, std::string_view method_id, std::string_view entity_id) {
  return all.remove(key_of(method_id, entity_id));
}

Status remove_keys(storage::WriteView& all, std::string_view method_id) {
  ASSIGN_OR_RETURN(const auto entities, all.list(keys_of(method_id), "", -1));
  for (const std::string& entity : entities) TRY(remove_key(all, method_id, entity));
  return {};
}

Result<bool> take_passcode(storage::WriteView& all, const TotpSettings& settings, std::string_view method_id, std::string_view entity_id,
                           std::string_view passcode, base::Time now) {
  const std::string at = key_of(method_id, entity_id);
  ASSIGN_OR_RETURN(const auto stored, all.get(at));
  if (!stored) return base::Error(base::Code::internal, "empty key for entity's TOTP secret");
  ASSIGN_OR_RETURN(Json entry, codec::parse_json(*stored));
  const auto key = codec::from_base32(entry["key"].as_string());
  if (!key.ok() || key->empty()) return base::Error(base::Code::corrupt, "mfa: the stored key of a passcode is none");
  const auto last = entry[kLastPeriod].as_int();
  const auto period = period_of(settings, *key, passcode, last.ok() ? *last : 0, now);
  if (!period) return false;
  entry.set(kLastPeriod, *period);
  TRY(put(all, at, entry));
  return true;
}

}  // namespace bao::core::mfa
