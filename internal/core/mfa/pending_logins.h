// Logins that wait for their second factor, by the id that the client was told: in memory of the active node, for five minutes, bounded.
// Thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::core::mfa {

template <typename Login>
class PendingLogins {
 public:
  static constexpr base::Duration kWait = std::chrono::minutes(5);
  static constexpr size_t kMax = 10'000;  // then the oldest has to log in anew

  void add(const std::string& id, Login login, base::Time now) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    drop_what_is_over(now);
    if (waiting_.size() >= kMax) waiting_.erase(oldest());
    waiting_.insert_or_assign(id, Waiting{std::make_shared<const Login>(std::move(login)), now + kWait, ""});
  }

  // For the one request that goes on with it, however often that runs; nullptr: there is none, or another request has it.
  std::shared_ptr<const Login> claim(const std::string& id, const std::string& request_id, base::Time now) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    drop_what_is_over(now);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return nullptr;
    Waiting& waiting = found->second;
    if (!waiting.claimed_by.empty() && waiting.claimed_by != request_id) return nullptr;
    waiting.claimed_by = request_id;
    return waiting.login;
  }
  // It came to nothing: the next may try.
  void release(const std::string& id, const std::string& request_id) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    const auto found = waiting_.find(id);
    if (found != waiting_.end() && found->second.claimed_by == request_id) found->second.claimed_by.clear();
  }
  void clear() EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    waiting_.clear();
  }

 private:
  struct Waiting {
    std::shared_ptr<const Login> login;
    base::Time until;
    std::string claimed_by;
  };
  using ById = std::map<std::string, Waiting>;
  typename ById::iterator oldest() REQUIRES(mutex_) {
    return std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) { return a.second.until < b.second.until; });
  }
  void drop_what_is_over(base::Time now) REQUIRES(mutex_) {
    std::erase_if(waiting_, [now](const auto& item) { return item.second.until <= now; });
  }

  base::Mutex mutex_{base::Rank::engine};
  ById waiting_ GUARDED_BY(mutex_);
};

}  // namespace bao::core::mfa
