// What tidying does and when: the fields of `tidy`, and `config/auto-tidy` at rest (openbao-storage.md 7). A value.
#pragma once

#include <optional>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/field.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

struct TidyConfig {
  bool enabled = false;
  base::Duration interval = std::chrono::hours(12);
  bool cert_store = false, revoked_certs = false, invalid_certs = false, issuer_associations = false, expired_issuers = false, legacy_bundle = false, acme = false;
  base::Duration safety_buffer = std::chrono::hours(72);
  std::optional<base::Duration> revoked_safety_buffer{};  // absent: safety_buffer
  base::Duration issuer_safety_buffer = std::chrono::hours(8760), acme_account_safety_buffer = std::chrono::hours(720);
  base::Duration pause{0};  // between pages
  int64_t page_size = 1000;
  bool maintain_counts = false, publish_counts = false;

  bool does_anything() const { return cert_store || revoked_certs || invalid_certs || issuer_associations || expired_issuers || legacy_bundle || acme; }
  base::Duration revoked_buffer() const { return revoked_safety_buffer.value_or(safety_buffer); }
  // The members that one run is made by, as answers show them.
  codec::Json shown_run() const;
  // The same and when it runs by itself.
  codec::Json shown() const;
  // At rest. Errors: corrupt.
  codec::Json stored() const;
  static base::Result<TidyConfig> parse(const codec::Json& stored);
};

inline constexpr char kAutoTidy[] = "config/auto-tidy";

// Fields of a run.
std::vector<logical::Field> tidy_fields();
// And of config/auto-tidy.
std::vector<logical::Field> auto_tidy_fields();

// A run as the fields ask for it; what they don't give is as by default. Errors: invalid, in the reference's words.
base::Result<TidyConfig> tidy_of(const logical::Fields& fields);
// `before` with what the fields give. Errors: invalid, in the reference's words, which are others here.
base::Result<TidyConfig> auto_tidy_of(const TidyConfig& before, const logical::Fields& fields);

// Absent: the defaults. Errors: corrupt.
base::Result<TidyConfig> read_auto_tidy(const storage::ReadView& view);
base::Status put_auto_tidy(storage::WriteView& view, const TidyConfig& config);

inline constexpr char kTidyOperations[] =
    "(tidy_cert_store / tidy_revoked_certs / tidy_invalid_certs / tidy_revoked_cert_issuer_associations / tidy_expired_issuers / "
    "tidy_move_legacy_ca_bundle / tidy_acme)";

}  // namespace bao::engines::pki
