#include "internal/engines/pki/acme/account.h"

#include "internal/codec/encoding.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/stored.h"

namespace bao::engines::pki::acme {

using codec::Json;

namespace {

// Null where there is none that can be read.
Json jwk_of(const Json& entry) {
  const auto text = codec::from_base64(entry["jwk"].as_string());
  const auto jwk = codec::parse_json(text.ok() ? *text : "");
  return jwk.ok() ? *jwk : Json();
}

}  // namespace

base::Result<std::optional<Account>> read_account(const storage::ReadView& view, const std::string& id) {
  if (!layout::is_id(id)) return std::optional<Account>();
  ASSIGN_OR_RETURN(auto entry, read_entry(view, layout::account(id)));
  if (!entry) return std::optional<Account>();
  Account account{.id = id, .status = (*entry)["status"].as_string()};
  account.contact = strings_of((*entry)["contact"]);
  account.terms_agreed = (*entry)["terms-of-service-agreed"].as_bool();
  account.jwk = jwk_of(*entry);
  if (!account.jwk.is_object()) return base::corrupt("an account of ACME has no key");
  account.directory = (*entry)["acme-directory"].as_string();
  account.created = time_of((*entry)["account-created-date"]);
  account.latest_certificate_end = time_of((*entry)["account-max-cert-expiry"]);
  account.revoked = time_of((*entry)["account-revoked-date"]);
  if (const Json& key = (*entry)["eab"]; key.is_object()) {
    ASSIGN_OR_RETURN(account.external_key, ExternalKey::parse("", key));
    entry->find("eab")->wipe();
  }
  account.stored = std::move(*entry);
  return std::optional<Account>(std::move(account));
}

base::Status put_account(storage::WriteView& view, const Account& account) {
  const bool has_its_key = jwk_of(account.stored) == account.jwk;  // then it stays as its client wrote it
  const Json jwk = has_its_key ? account.stored["jwk"] : Json(codec::to_base64(codec::write_json(account.jwk)));
  Json entry = Json::record({{"status", account.status},
                             {"contact", account.contact.empty() ? Json() : Json::strings(account.contact)},
                             {"terms-of-service-agreed", account.terms_agreed},
                             {"jwk", jwk},
                             {"acme-directory", account.directory},
                             {"account-created-date", base::format_rfc3339(account.created)},
                             {"account-max-cert-expiry", base::format_rfc3339(account.latest_certificate_end)},
                             {"account-revoked-date", base::format_rfc3339(account.revoked)},
                             {"eab", account.external_key ? account.external_key->entry() : Json()}});
  return put_entry(view, layout::account(account.id), std::move(entry), account.stored);
}

base::Result<std::string> account_of_key(const storage::ReadView& view, std::string_view thumbprint) {
  ASSIGN_OR_RETURN(const auto entry, read_entry(view, layout::thumbprint(thumbprint)));
  return entry ? (*entry)["kid"].as_string() : std::string();
}

base::Status put_key_of_account(storage::WriteView& view, std::string_view thumbprint, const std::string& id) {
  return put_entry(view, layout::thumbprint(thumbprint), Json::object({{"kid", id}}));
}

}  // namespace bao::engines::pki::acme
