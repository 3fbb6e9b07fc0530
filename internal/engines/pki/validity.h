// When certificates begin and end: requests, roles, the mount's limits and the issuer's end. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/engines/pki/issuer_entry.h"

namespace bao::engines::pki {

using crypto::x509::Seconds;

// RFC 3339 of any year to 9999. Errors: invalid, worded as Go's.
base::Result<Seconds> parse_time(std::string_view text);
std::string time_text(Seconds time);  // "2062-01-01T00:00:00Z"
base::Status check_bounds(std::string_view not_before_bound, std::string_view not_after_bound);

struct ValidityRequest {
  base::Duration ttl{0};                    // 0: not asked for
  std::string not_before, not_after;        // "": not asked for
};
struct ValidityRules {
  base::Duration ttl{0}, max_ttl{0};        // the role's; 0: none
  base::Duration mount_ttl{0}, mount_max_ttl{0};
  base::Duration not_before_duration = std::chrono::seconds(30);
  std::string not_before, not_after;        // the role's
  std::string not_before_bound = "permit", not_after_bound = "permit";
};
struct Validity {
  Seconds not_before{}, not_after{};
  base::Duration ttl{0};                    // that counted, if a TTL did
};
// Errors: invalid. A TTL that was cut is told of in `warnings`.
base::Result<Validity> choose_validity(const ValidityRequest& request, const ValidityRules& rules, base::Time now,
                                       std::vector<std::string>& warnings);
// How long until then, at least a second and at most what a duration can say: there is more until the year 9999.
base::Duration time_left(Seconds end, base::Time now);
// What the issuer's own end means for a certificate's. Errors: invalid.
base::Status fit_to_issuer(Validity& validity, Seconds issuer_end, NotAfterBehavior behavior);

}  // namespace bao::engines::pki
