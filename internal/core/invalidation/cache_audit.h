// Compares what is kept in memory with what storage holds, object by object, slowly and for ever: an invalidation that was missed is
// found by somebody else than the user whom it hurts (ARCHITECTURE D12). The number of divergences is exported and must stay 0.
// A divergence is logged, counted, and what that cache keeps is loaded anew. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"

namespace bao::core {

// One object of a cache, compared with a snapshot.
struct Comparison {
  enum class Outcome : uint8_t { nothing, same, differs };  // nothing: there is none, or it is not served any more
  Outcome outcome = Outcome::nothing;
  std::string what{};                   // differs: which one, in words that are no secret
  base::Index at{};                     // of the snapshot
  std::function<bool()> still{};        // it is served as it was, and not what storage holds
};

struct AuditedCache {
  std::string name;
  // The object of that number, counted anyhow: consecutive numbers come by every object in the end.
  std::function<base::Result<Comparison>(uint64_t number)> compare;
  std::function<size_t()> objects;
  std::function<void(base::Index at)> load_anew;
};

class CacheAudit {
 public:
  // How long a difference has to last: between a change and what follows from it in memory lies a moment.
  static constexpr std::chrono::milliseconds kSettle{1'000};
  static constexpr size_t kReportedMax = 256;

  // `told`: whether everything up to that index has been told to those who keep something.
  CacheAudit(std::vector<AuditedCache> caches, std::function<bool(base::Index)> told)
      : caches_(std::move(caches)), told_(std::move(told)) {}

  // One object of each cache.
  void step() EXCLUDES(mutex_);
  // Every object, as far as there are at most so many of a cache.
  void all(size_t at_most) EXCLUDES(mutex_);
  // Whoever waits for a difference to last goes on at once, without a verdict; until resume().
  void stop() { stopping_ = true; }
  void resume() { stopping_ = false; }

 private:
  void compare(const AuditedCache& cache, uint64_t number) REQUIRES(mutex_);
  bool lasts(const Comparison& comparison) const;

  const std::vector<AuditedCache> caches_;
  const std::function<bool(base::Index)> told_;
  std::atomic<bool> stopping_{false};
  base::Mutex mutex_{base::Rank::listener};  // one audit at a time; held while it reads
  uint64_t next_ GUARDED_BY(mutex_) = 0;
  std::set<std::string> reported_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
