#include "internal/core/ha/roles.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/time_format.h"

namespace bao::core {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};
constexpr std::chrono::milliseconds kRetry{100};
constexpr int kFailuresMax = 20;  // of taking up, before somebody else is asked to lead

void count_change(const base::Clock& clock) {
  base::counter("core.role_changes").add();
  base::counter("core.role_changed_at").set(base::unix_seconds(clock.now()));
}

}  // namespace

Roles::Roles(Cluster* cluster, const base::Clock& clock, Steps steps) : cluster_(cluster), clock_(clock), steps_(std::move(steps)) {}

base::Status Roles::begin() {
  role_ = Role::standby;
  const ClusterRole now = cluster_ == nullptr ? ClusterRole{true, 0, {}} : cluster_->role();
  if (now.leads) TRY(take_up(base::Term{now.term}));
  if (cluster_ == nullptr) return {};
  {
    const base::MutexLock lock(mutex_);
    stopping_ = false;
  }
  cluster_->on_change([this] { wake(); });
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "roles");
  wake();  // what changed meanwhile
  return {};
}

void Roles::end() {
  if (cluster_ != nullptr) cluster_->on_change(nullptr);
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (active()) lay_down();
  role_ = Role::sealed;
}

bool Roles::await_active(std::chrono::milliseconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (role() == Role::standby && (cluster_ == nullptr || cluster_->role().leads)) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0) break;
    base::MutexLock lock(mutex_);
    changed_.wait_for(mutex_, std::min<std::chrono::nanoseconds>(left, kRetry),
                      [this]() BAO_TS(no_thread_safety_analysis) { return role() != Role::standby; });
  }
  return active();
}

void Roles::await_end_of_reign(std::chrono::milliseconds at_most) {
  base::MutexLock lock(mutex_);
  const uint64_t reigns = reigns_ended_;
  changed_.wait_for(mutex_, at_most, [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || !active() || reigns_ended_ != reigns; });
}

void Roles::wake() {
  const base::MutexLock lock(mutex_);
  ++news_;
  changed_.notify_all();
}

// The read index is the term barrier: it is given only when an entry of this term is committed, and waited for until applied.
base::Status Roles::take_up(base::Term term) {
  if (cluster_ != nullptr) TRY(cluster_->confirm());
  if (const base::Status taken = steps_.take_up(term); !taken.ok()) {
    steps_.lay_down();
    return taken;
  }
  if (cluster_ != nullptr) {
    if (const ClusterRole now = cluster_->role(); !now.leads || now.term != term.value) {
      steps_.lay_down();
      return base::Error(base::Code::unavailable, "the leadership was lost again");
    }
    base::log_info("core", "this node is active", {{"term", std::to_string(term.value)}});
  }
  term_ = term.value;
  active_since_ = clock_.now().time_since_epoch().count();
  role_.store(Role::active, std::memory_order_release);
  if (cluster_ != nullptr) cluster_->declare_active(true);
  count_change(clock_);
  const base::MutexLock lock(mutex_);
  changed_.notify_all();
  return {};
}

void Roles::lay_down() {
  {
    const base::MutexLock lock(mutex_);
    role_.store(Role::standby, std::memory_order_release);
    ++reigns_ended_;
    changed_.notify_all();
  }
  if (cluster_ != nullptr) cluster_->declare_active(false);
  steps_.lay_down();
  count_change(clock_);
}

void Roles::run() {
  uint64_t seen = 0;
  int failures = 0;
  while (true) {
    {
      base::MutexLock lock(mutex_);
      changed_.wait_for(mutex_, failures > 0 ? kRetry : kLook,
                        [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || news_ != seen; });
      if (stopping_) return;
      seen = news_;
    }
    step(failures);
  }
}

void Roles::step(int& failures) {
  const ClusterRole now = cluster_->role();
  if (active() && (!now.leads || now.term != term_)) {
    base::log_info("core", "this node is active no more", {{"term", std::to_string(now.term)}});
    lay_down();
  }
  if (active()) return;
  if (!now.leads) {
    failures = 0;
    return steps_.follow();
  }
  const base::Status taken = take_up(base::Term{now.term});
  failures = taken.ok() ? 0 : failures + 1;
  if (taken.ok()) {
    told_.clear();
    return;
  }
  if (std::exchange(told_, taken.error().message()) != taken.error().message())
    base::log_warn("core", "cannot become active yet; trying again", {{"error", taken.error().message()}});
  if (failures % kFailuresMax == 0) (void)cluster_->hand_over();
}

}  // namespace bao::core
