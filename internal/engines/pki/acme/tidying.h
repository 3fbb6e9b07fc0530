// What of ACME's data is of no more use, removed a page at a time: orders, accounts without them, keys for external binding that nobody
// used. Pure but for the view.
#pragma once

#include <cstdint>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct TidyRules {
  base::Duration certificate_buffer{0};  // that long after its certificate's end an order goes
  base::Duration account_buffer{0};      // that long after its last certificate's end an account is revoked, and after that goes
};

struct TidyPage {
  std::string last;       // where the next page begins
  bool is_last = false;
  int64_t accounts = 0, accounts_deleted = 0, accounts_revoked = 0, orders_deleted = 0;
};

// About `limit` entries after `after` ("" for the first page). An account with more orders than a page holds goes on in the next.
base::Result<TidyPage> tidy_accounts(storage::WriteView& view, const std::string& after, int64_t limit, const TidyRules& rules, base::Time now);
base::Result<TidyPage> tidy_external_keys(storage::WriteView& view, const std::string& after, int64_t limit, const TidyRules& rules, base::Time now);

}  // namespace bao::engines::pki::acme
