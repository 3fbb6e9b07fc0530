// Accounts, found by id and by the thumbprint of their key, as they are stored. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/engines/pki/acme/external_key.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct Account {
  std::string id;
  std::string status = "valid";     // "deactivated" by its holder, "revoked" by tidying
  std::vector<std::string> contact{};
  bool terms_agreed = false;
  codec::Json jwk{};
  std::string directory{};          // "roles/web/acme/": where it was made, and is good for alone
  base::Time created{}, latest_certificate_end = base::kZeroTime, revoked = base::kZeroTime;
  std::optional<ExternalKey> external_key{};
  codec::Json stored = codec::Json::object();

  bool is_valid() const { return status == "valid"; }
};

base::Result<std::optional<Account>> read_account(const storage::ReadView& view, const std::string& id);
base::Status put_account(storage::WriteView& view, const Account& account);
// "" where no account has that key.
base::Result<std::string> account_of_key(const storage::ReadView& view, std::string_view thumbprint);
base::Status put_key_of_account(storage::WriteView& view, std::string_view thumbprint, const std::string& id);

}  // namespace bao::engines::pki::acme
