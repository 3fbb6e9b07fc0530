// Nonces against replay (RFC 8555 6.5) that need no storage: the time of issue under a MAC whose key every node reads, so that a
// standby gives them too. The active node remembers which it has taken. A new reign makes a new key: nonces of the last one, which may
// have been used, are refused, and clients try again as the protocol tells them. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

class Nonces {
 public:
  static constexpr std::chrono::minutes kValidFor{15};
  static constexpr size_t kRememberedMax = 100'000;  // used ones; beyond, the oldest make all nonces of their age refused

  // A new key, in the transaction.
  static base::Status renew_key(storage::WriteView& view);
  // The same where there is none.
  static base::Status ensure_key(storage::WriteView& view);

  // Errors: unavailable where there is no key yet.
  base::Result<std::string> make(const storage::ReadView& view, base::Time now) const;
  // Whether this request may use it: once, but again by the same request, which runs anew after a conflict.
  base::Result<bool> use(const storage::ReadView& view, std::string_view nonce, const std::string& request_id, base::Time now) EXCLUDES(mutex_);

 private:
  void forget(base::Time before) REQUIRES(mutex_);

  mutable base::Mutex mutex_{base::Rank::engine};
  std::map<std::string, std::string, std::less<>> used_ GUARDED_BY(mutex_);             // by which request
  std::deque<std::pair<base::Time, std::string>> in_order_ GUARDED_BY(mutex_);          // of use, with their time of issue
  base::Time refused_before_ GUARDED_BY(mutex_){};
};

}  // namespace bao::engines::pki::acme
