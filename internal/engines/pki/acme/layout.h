// Which keys of the mount hold what of ACME (openbao-storage.md 7).
#pragma once

#include <string>
#include <string_view>

namespace bao::engines::pki::acme::layout {

inline constexpr char kConfig[] = "config/acme";
inline constexpr char kAccounts[] = "acme/accounts/";
inline constexpr char kThumbprints[] = "acme/account-thumbprints/";
inline constexpr char kValidations[] = "acme/validations/";
inline constexpr char kExternalKeys[] = "acme/eab/";
inline constexpr char kNonceKey[] = "acme/nonce-key";  // ours alone

inline std::string account(std::string_view id) { return std::string(kAccounts).append(id); }
inline std::string orders(std::string_view account_id) { return account(account_id) + "/orders/"; }
inline std::string order(std::string_view account_id, std::string_view id) { return orders(account_id).append(id); }
inline std::string authorization(std::string_view account_id, std::string_view id) {
  return account(account_id).append("/authorizations/").append(id);
}
inline std::string certificate(std::string_view account_id, std::string_view serial) { return account(account_id).append("/certs/").append(serial); }
inline std::string thumbprint(std::string_view text) { return std::string(kThumbprints).append(text); }
inline std::string validation(std::string_view id) { return std::string(kValidations).append(id); }
inline std::string external_key(std::string_view id) { return std::string(kExternalKeys).append(id); }

// As ids of accounts, orders, authorizations and keys for external binding look: what comes in a path becomes a key only then.
bool is_id(std::string_view text);

}  // namespace bao::engines::pki::acme::layout
