// What a mount's revocation lists and OCSP answers are made by: `config/crl` (openbao-storage.md 7). A value.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/field.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// Durations are kept as they were given ("72h", "7200"), because they are shown so.
struct CrlConfig {
  std::string expiry = "72h";
  bool disable = false;
  bool ocsp_disable = false;
  bool auto_rebuild = false;
  std::string auto_rebuild_grace_period = "12h";
  std::string ocsp_expiry = "12h";
  bool enable_delta = false;
  std::string delta_rebuild_interval = "15m";
  bool allow_expired_cert_revocation = false;

  base::Duration expiry_time() const;
  base::Duration grace_time() const;
  base::Duration ocsp_expiry_time() const;  // 0: answers name no end
  base::Duration delta_interval() const;

  codec::Json shown() const;  // as answers show it
  // This configuration with what the fields give. Errors: invalid, in the reference's words.
  base::Result<CrlConfig> changed_by(const logical::Fields& fields) const;
};

// Absent: the defaults. Errors: corrupt.
base::Result<CrlConfig> read_crl_config(const storage::ReadView& view);
base::Status put_crl_config(storage::WriteView& view, const CrlConfig& config);

// The fields of config/crl.
std::vector<logical::Field> crl_config_fields();

}  // namespace bao::engines::pki
