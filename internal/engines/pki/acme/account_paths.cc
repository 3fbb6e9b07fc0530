// new-account and account/…: accounts made, found, changed and deactivated (RFC 8555 7.3).
#include <algorithm>

#include "internal/crypto/hash.h"
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using storage::WriteView;

constexpr size_t kContactsMax = 20, kContactBytesMax = 1024;

struct Wish {
  std::vector<std::string> contact{};
  bool has_contact = false, terms_agreed = false, only_existing = false;
  std::string status{};
  Json binding{};
};

Failure wrong_type(const std::string& field) { return malformed("invalid type for field '" + field + "'"); }

Outcome<bool> flag(const Json& payload, const char* name) {
  const Json* value = payload.find(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return wrong_type(name);
  return value->as_bool();
}

Outcome<std::vector<std::string>> contacts(const Json& list) {
  if (!list.is_array()) return wrong_type("contact");
  if (list.size() > kContactsMax) return malformed("too many contacts");
  std::vector<std::string> contacts;
  for (const Json& item : list.items()) {
    if (!item.is_string()) return malformed("invalid type for field 'contact' item " + std::to_string(contacts.size()));
    if (item.as_string().size() > kContactBytesMax) return malformed("a contact is too long");
    contacts.push_back(item.as_string());
  }
  return contacts;
}

Outcome<Wish> read_wish(const std::optional<Json>& payload) {
  Wish wish;
  if (!payload) return wish;
  if (const Json* list = payload->find("contact"); list != nullptr) {
    ASSIGN_OR_RETURN(wish.contact, contacts(*list));
    wish.has_contact = true;
  }
  ASSIGN_OR_RETURN(wish.terms_agreed, flag(*payload, "termsOfServiceAgreed"));
  ASSIGN_OR_RETURN(wish.only_existing, flag(*payload, "onlyReturnExisting"));
  if (const Json* status = payload->find("status"); status != nullptr) {
    if (!status->is_string()) return wrong_type("status");
    wish.status = status->as_string();
  }
  wish.binding = (*payload)["externalAccountBinding"];
  if (!wish.binding.is_null() && !wish.binding.is_object()) {
    return Failure::namely(ProblemType::malformed, "externalAccountBinding field was unparseable");
  }
  return wish;
}

Outcome<std::optional<Account>> account_with(const Context& context, const Jwk& key, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const std::string id, account_of_key(view, key.thumbprint));
  // A thumbprint without its account is as good as none: making an account writes it anew.
  ASSIGN_OR_RETURN(auto account, read_account(view, id));
  if (account && account->directory != context.directory.name) {
    return Failure::namely(ProblemType::malformed, "account part of different ACME directory path");
  }
  if (account && context.config.external_binding == ExternalBinding::always_required && !account->external_key) {
    return Failure::of(ProblemType::external_account_required);
  }
  return account;
}

// The key for external binding that the account's key is signed with (RFC 8555 7.3.4).
Outcome<ExternalKey> bound_key(const Context& context, const Jwk& key, const Json& binding, const storage::ReadView& view) {
  const auto refused = [] { return Failure::namely(ProblemType::unauthorized, "failed to verify eab"); };
  const Envelope envelope = envelope_of(binding);
  ASSIGN_OR_RETURN(const Header header, binding_header(envelope));
  const std::string expected = context.directory.url("new-account");
  if (header.url != expected) {
    return Failure::because(ProblemType::unauthorized, "invalid value for 'url' in eab 'protected': got '" + header.url + "' expected '" + expected + "'");
  }
  if (!layout::is_id(header.key_id)) return refused();
  ASSIGN_OR_RETURN(auto found, read_external_key(view, header.key_id));
  if (!found) return refused();
  const auto payload = verified_payload(envelope, header, found->key->reveal());
  if (!payload.ok()) return refused();
  const auto jwk = codec::parse_json(*payload);
  if (!jwk.ok() || !(*jwk == key.json)) return malformed("eab payload does not match outer JWK key");
  if (found->directory != context.directory.name) return refused();
  return std::move(*found);
}

Outcome<Answer> make_account(const Context& context, const Message& message, const Wish& wish, WriteView& view) {
  if (message.account) return malformed("cannot submit to newAccount with 'kid'");
  ASSIGN_OR_RETURN(const auto existing, account_with(context, message.key, view));
  if (existing) return shown_account(context, *existing);
  Account account{.id = crypto::random_uuid(), .contact = wish.contact, .terms_agreed = wish.terms_agreed};
  if (!wish.binding.empty()) {
    ASSIGN_OR_RETURN(account.external_key, bound_key(context, message.key, wish.binding, view));
  }
  if (context.config.external_binding != ExternalBinding::not_required && !account.external_key) {
    return Failure::of(ProblemType::external_account_required);
  }
  account.jwk = message.key.json;
  account.directory = context.directory.name;
  account.created = context.call.now;
  if (account.external_key) TRY(remove_external_key(view, account.external_key->id));  // good for one account
  TRY(put_key_of_account(view, message.key.thumbprint, account.id));
  TRY(put_account(view, account));
  Answer answer = shown_account(context, account);
  answer.status = 201;
  if (account.external_key) answer.body.set("externalAccountBinding", wish.binding);
  return answer;
}

Outcome<Answer> find_account(const Context& context, const Message& message, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto account, account_with(context, message.key, view));
  if (account) return shown_account(context, *account);
  return Failure::because(ProblemType::account_does_not_exist, "an account with this key does not exist");
}

Outcome<Answer> new_account(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const Wish wish, read_wish(message.payload));
  return wish.only_existing ? find_account(context, message, view) : make_account(context, message, wish, view);
}

Outcome<Answer> change_account(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const Wish wish, read_wish(message.payload));
  if (wish.only_existing) return find_account(context, message, view);
  Account account = *message.account;
  if (context.call.fields.string("kid") != account.id) return Failure::of(ProblemType::unauthorized);
  if (!wish.binding.empty()) return Failure::namely(ProblemType::malformed, "not allowed to update EAB data in accounts");
  const bool ends = wish.status == "deactivated";
  if (wish.has_contact) account.contact = wish.contact;
  if (ends) {
    account.status = "deactivated";
    account.revoked = context.call.now;
  }
  if (ends || wish.has_contact) TRY(put_account(view, account));
  return shown_account(context, account);
}

}  // namespace

std::vector<logical::Path> account_paths(Acme& acme) {
  std::vector<logical::Path> paths = post_paths(acme, "new-account", Signer::anyone, new_account);
  for (logical::Path& path : post_paths(acme, "account/{kid:segment}", Signer::valid_account, change_account)) paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::engines::pki::acme
