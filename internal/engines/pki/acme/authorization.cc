#include "internal/engines/pki/acme/authorization.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/stored.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;

constexpr size_t kTokenBytes = 21;

Json entry_of(const Challenge& challenge) {
  Json entry = Json::record({{"type", challenge.type}, {"status", challenge.status}});
  if (!challenge.validated.empty()) entry.set("validated", challenge.validated);
  if (!challenge.error.is_null()) entry.set("error", challenge.error);
  entry.set("challenge_fields", challenge.fields);
  return entry;
}

Challenge challenge_of(const Json& entry) {
  return {entry["type"].as_string(), entry["status"].as_string(), entry["validated"].as_string(), entry["error"], entry["challenge_fields"]};
}

std::vector<const char*> challenges_for(const Identifier& identifier) {
  if (identifier.is_address()) return {"http-01"};
  if (identifier.wildcard) return {"dns-01"};
  return {"http-01", "dns-01", "tls-alpn-01"};
}

void set_time(Json& entry, const char* name, base::Time time) {
  if (time != base::kZeroTime) entry.set(name, base::format_rfc3339(time));
}

}  // namespace

Json Challenge::shown(const Directory& directory, const std::string& authorization_id) const {
  Json json = Json::object({{"type", type}, {"url", directory.challenge(authorization_id, type)}, {"status", status}});
  if (!validated.empty()) json.set("validated", validated);
  if (!error.is_null()) json.set("error", error);
  for (const auto& [name, value] : fields.members()) json.set(name, value);
  return json;
}

Challenge* Authorization::challenge(const std::string& type) {
  for (Challenge& each : challenges) {
    if (each.type == type) return &each;
  }
  return nullptr;
}

Json Authorization::shown(const Directory& directory) const {
  Json json = Json::object({{"identifier", identifier.in_authorization()}, {"status", status}, {"wildcard", identifier.wildcard}});
  if (!expires.empty()) json.set("expires", expires);
  Json list = Json::array();
  for (const Challenge& each : challenges) list.push_back(each.shown(directory, id));
  json.set("challenges", std::move(list));
  return json;
}

Authorization new_authorization(const std::string& account_id, const Identifier& identifier) {
  Authorization made{.id = crypto::random_uuid(), .account_id = account_id, .identifier = identifier};
  for (const char* type : challenges_for(identifier)) {
    const std::string token = codec::to_base64url(crypto::random_bytes(kTokenBytes));
    made.challenges.push_back({.type = type, .fields = Json::object({{"token", token}})});
  }
  return made;
}

base::Result<std::optional<Authorization>> read_authorization(const storage::ReadView& view, const std::string& account_id, const std::string& id) {
  ASSIGN_OR_RETURN(auto entry, read_entry(view, layout::authorization(account_id, id)));
  if (!entry) return std::optional<Authorization>();
  Authorization authorization{.id = id, .account_id = account_id, .identifier = Identifier::parse((*entry)["identifier"])};
  authorization.status = (*entry)["status"].as_string();
  authorization.expires = (*entry)["expires"].as_string();
  for (const Json& each : (*entry)["challenges"].items()) authorization.challenges.push_back(challenge_of(each));
  authorization.stored = std::move(*entry);
  return std::optional<Authorization>(std::move(authorization));
}

base::Status put_authorization(storage::WriteView& view, const Authorization& authorization) {
  Json challenges = Json::array();
  for (const Challenge& each : authorization.challenges) challenges.push_back(entry_of(each));
  Json entry = Json::record({{"id", authorization.id},
                             {"account_id", authorization.account_id},
                             {"identifier", authorization.identifier.entry()},
                             {"status", authorization.status}});
  if (!authorization.expires.empty()) entry.set("expires", authorization.expires);
  entry.set("challenges", std::move(challenges));
  entry.set("wildcard", authorization.identifier.wildcard);
  return put_entry(view, layout::authorization(authorization.account_id, authorization.id), std::move(entry), authorization.stored);
}

base::Result<std::optional<PendingValidation>> read_validation(const storage::ReadView& view, const std::string& id) {
  ASSIGN_OR_RETURN(auto entry, read_entry(view, layout::validation(id)));
  if (!entry) return std::optional<PendingValidation>();
  PendingValidation pending;
  pending.account_id = (*entry)["account"].as_string();
  pending.authorization_id = (*entry)["authorization"].as_string();
  pending.challenge_type = (*entry)["challenge_type"].as_string();
  pending.token = (*entry)["token"].as_string();
  pending.thumbprint = (*entry)["thumbprint"].as_string();
  pending.initiated = time_of((*entry)["initiated"]);
  pending.first = time_of((*entry)["first_validation"]);
  pending.last = time_of((*entry)["last_retry"]);
  pending.retry_after = time_of((*entry)["retry_after"]);
  const auto attempts = (*entry)["retry_count"].as_int();
  pending.attempts = attempts.ok() ? *attempts : 0;
  pending.stored = std::move(*entry);
  return std::optional<PendingValidation>(std::move(pending));
}

base::Status put_validation(storage::WriteView& view, const PendingValidation& pending) {
  Json entry = Json::record({{"account", pending.account_id},
                             {"authorization", pending.authorization_id},
                             {"challenge_type", pending.challenge_type},
                             {"token", pending.token},
                             {"thumbprint", pending.thumbprint}});
  set_time(entry, "initiated", pending.initiated);
  set_time(entry, "first_validation", pending.first);
  if (pending.attempts > 0) entry.set("retry_count", pending.attempts);
  set_time(entry, "last_retry", pending.last);
  set_time(entry, "retry_after", pending.retry_after);
  return put_entry(view, layout::validation(pending.id()), std::move(entry), pending.stored);
}

}  // namespace bao::engines::pki::acme
