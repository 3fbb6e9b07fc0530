// Who may use ACME on a mount, and by which rules: `config/acme` (openbao-storage.md 7). A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/field.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

enum class ExternalBinding : uint8_t { not_required, new_account_required, always_required };

struct Config {
  bool enabled = false;
  std::vector<std::string> allowed_issuers = {"*"}, allowed_roles = {"*"};
  bool allow_role_ext_key_usage = false;
  std::string default_directory_policy = "sign-verbatim";  // or "forbid", "role:NAME"
  std::string dns_resolver;                                // "address:port"; "": the machine's
  ExternalBinding external_binding = ExternalBinding::not_required;
  codec::Json stored = codec::Json::object();

  codec::Json shown() const;
  // With what the fields give. Errors: invalid, in the reference's words. Whether roles and issuers exist is the caller's to check.
  base::Result<Config> changed_by(const logical::Fields& fields) const;

  bool allows_any_role() const { return allowed_roles == std::vector<std::string>{"*"}; }
  bool allows_any_issuer() const { return allowed_issuers == std::vector<std::string>{"*"}; }
  // The role of the default directory, "" where none is named.
  std::string default_role() const;
  // Enabled, and not shut by BAO_DISABLE_PUBLIC_ACME in the server's environment, which leaves only accounts that are bound to others.
  bool is_open() const;
};

// Absent: the defaults. Errors: corrupt.
base::Result<Config> read_config(const storage::ReadView& view);
base::Status put_config(storage::WriteView& view, const Config& config);
std::vector<logical::Field> config_fields();

// Whether BAO_DISABLE_PUBLIC_ACME is set; what is no truth value counts as set.
bool public_acme_is_disabled();

}  // namespace bao::engines::pki::acme
