// KeptSetting<T>: what operators set while the node runs, decoded once and kept on every node (README). Thread-safe: reading takes
// two atomic loads and a handle; a change marks, and the next reader loads anew, under the setting's mutex.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "internal/barrier/barrier.h"
#include "internal/base/deadline.h"
#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"

namespace bao::core {

template <typename T>
class KeptSetting {
 public:
  using Load = std::function<base::Result<std::shared_ptr<const T>>(const storage::ReadView& all)>;
  // `name` is for the log. `load` runs while no other does.
  KeptSetting(const barrier::Barrier& barrier, std::string name, Load load) : barrier_(barrier), name_(std::move(name)), load_(std::move(load)) {}

  // As it was applied last. Errors: sealed; what loading says: for what must not be judged by what was before.
  base::Result<std::shared_ptr<const T>> current() const {
    if (stale_.load(std::memory_order_acquire) == loaded_.load(std::memory_order_acquire)) return value_.get();
    return load_anew();
  }
  // The same; nullptr: this node could not read it yet, being sealed. What cannot be read anew stays in force.
  std::shared_ptr<const T> get() const {
    auto now = current();
    if (now.ok()) return std::move(*now);
    if (now.error().code() != base::Code::sealed) {
      base::log_error("core", "a setting cannot be read, the one before stays in force", {{"setting", name_}, {"error", now.error().message()}});
    }
    return value_.get();
  }
  // It changed. From the applier.
  void mark_stale() { stale_.fetch_add(1, std::memory_order_release); }

 private:
  base::Result<std::shared_ptr<const T>> load_anew() const EXCLUDES(mutex_) {
    if (barrier_.sealed()) return base::Error(base::Code::sealed, "Vault is sealed");
    const base::MutexLock lock(mutex_);
    const uint64_t version = stale_.load(std::memory_order_acquire);
    if (version == loaded_.load(std::memory_order_acquire)) return value_.get();
    const base::RequestDeadline none(base::RequestDeadline::never());  // it is loaded for everybody
    const barrier::Reader all(barrier_);
    ASSIGN_OR_RETURN(auto loaded, load_(all));
    value_.set(loaded);
    loaded_.store(version, std::memory_order_release);
    return loaded;
  }

  const barrier::Barrier& barrier_;
  const std::string name_;
  const Load load_;
  mutable base::Mutex mutex_{base::Rank::engine};
  mutable base::Published<T> value_;
  std::atomic<uint64_t> stale_{1};
  mutable std::atomic<uint64_t> loaded_{0};
};

}  // namespace bao::core
