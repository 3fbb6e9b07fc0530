// Authorizations, one for each identifier of an order, with the challenges that prove it; and challenges that are to be looked at, as
// they are stored. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/engines/pki/acme/directory.h"
#include "internal/engines/pki/acme/identifier.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct Challenge {
  std::string type;                // "http-01", "dns-01", "tls-alpn-01"
  std::string status = "pending";  // "processing", "valid", "invalid"
  std::string validated{};         // when, RFC 3339
  codec::Json error{};             // of the last attempt
  codec::Json fields{};            // {"token": …}

  const std::string& token() const { return fields["token"].as_string(); }
  codec::Json shown(const Directory& directory, const std::string& authorization_id) const;
};

struct Authorization {
  std::string id, account_id;
  Identifier identifier;
  std::string status = "pending";  // "valid", "invalid", "deactivated"
  std::string expires{};           // once valid
  std::vector<Challenge> challenges{};
  codec::Json stored = codec::Json::object();

  // Nullptr when it has none of that kind.
  Challenge* challenge(const std::string& type);
  codec::Json shown(const Directory& directory) const;
};

// With the challenges that can prove it: an address by HTTP alone, a wildcard by DNS alone.
Authorization new_authorization(const std::string& account_id, const Identifier& identifier);
base::Result<std::optional<Authorization>> read_authorization(const storage::ReadView& view, const std::string& account_id, const std::string& id);
base::Status put_authorization(storage::WriteView& view, const Authorization& authorization);

// A challenge whose client says it is ready.
struct PendingValidation {
  std::string account_id, authorization_id, challenge_type, token, thumbprint;
  base::Time initiated{}, first = base::kZeroTime, last = base::kZeroTime, retry_after = base::kZeroTime;
  int64_t attempts = 0;
  codec::Json stored = codec::Json::object();

  std::string id() const { return authorization_id + "-" + challenge_type; }
};

base::Result<std::optional<PendingValidation>> read_validation(const storage::ReadView& view, const std::string& id);
base::Status put_validation(storage::WriteView& view, const PendingValidation& validation);

}  // namespace bao::engines::pki::acme
