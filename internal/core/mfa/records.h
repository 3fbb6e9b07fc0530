// Methods and enforcements of multi-factor logins as they lie at rest: protobuf messages (openbao-storage.md 3 and 5). Plain values.
// Fields of newer releases, and the settings of methods that this server cannot ask (Okta, Duo, PingID), survive a rewrite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/one_time_password.h"

namespace bao::core::mfa {

// How passcodes are made and shown, of a method or of the secret that an entity got by it.
struct TotpSettings {
  std::string issuer;
  uint32_t period_seconds = 30;
  crypto::PasscodeHash algorithm = crypto::PasscodeHash::sha1;
  int digits = 6;
  uint32_t skew = 1;  // periods before and after that count, too
  uint32_t key_size = 20;
};
std::string_view name_of(crypto::PasscodeHash algorithm);  // "SHA1"
std::optional<crypto::PasscodeHash> hash_by_name(std::string_view name);

struct TotpMethod {
  TotpSettings settings;
  int32_t qr_size = 200;
  uint32_t max_validation_attempts = 5;
};

struct Method {
  std::string type, name, id, namespace_id;
  std::optional<TotpMethod> totp;
  std::string unknown;
};

struct Enforcement {
  std::string name, namespace_id, id;
  std::vector<std::string> method_ids, accessors, types, group_ids, entity_ids;
  std::string unknown;
};

// What an entity's record keeps under a method's id; the key itself lies elsewhere (totp_secret.h).
struct Secret {
  std::string method_name;
  TotpSettings settings;
  std::string account_name;
};

// Errors: corrupt (digits, period, skew and algorithm included: they are computed with).
base::Result<Method> parse_method(std::string_view message);
base::Result<Enforcement> parse_enforcement(std::string_view message);
base::Result<Secret> parse_secret(std::string_view message);
std::string serialize(const Method& method);
std::string serialize(const Enforcement& enforcement);
std::string serialize(const Secret& secret);

}  // namespace bao::core::mfa
