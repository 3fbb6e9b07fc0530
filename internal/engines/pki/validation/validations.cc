// The threads that look at challenges, and the queue before them.
#include <algorithm>
#include <deque>
#include <memory>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/engines/pki/validation/attempt.h"
#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

class Pool final : public Validations {
 public:
  Pool(net::AddressRule rule, Ports ports) : rule_(std::move(rule)), ports_(ports) {}
  ~Pool() override {
    clear();
    for (const auto& worker : workers_) {
      if (worker->thread.joinable()) worker->thread.join();
    }
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  bool submit(ValidationTask task) override {
    base::MutexLock lock(mutex_);
    if (waiting_.size() >= kValidationsWaiting) return false;
    waiting_.push_back(std::move(task));
    start_one();
    return true;
  }

  std::vector<ValidationOutcome> collect() override {
    base::MutexLock lock(mutex_);
    return std::exchange(decided_, {});
  }

  void clear() override {
    base::MutexLock lock(mutex_);
    ++reign_;
    waiting_.clear();
    decided_.clear();
    for (const auto& worker : workers_) worker->bell.ring();
  }

 private:
  struct Worker {
    std::thread thread;
    bool works = false;  // under the pool's lock; the thread takes it no more once this is false
    net::Bell bell;
  };

  void start_one() REQUIRES(mutex_) {
    const auto idle = std::find_if(workers_.begin(), workers_.end(), [](const auto& worker) { return !worker->works; });
    if (idle == workers_.end() && workers_.size() == kValidationThreads) return;
    Worker& worker = idle == workers_.end() ? *workers_.emplace_back(std::make_unique<Worker>()) : **idle;
    if (worker.thread.joinable()) worker.thread.join();
    worker.works = true;
    worker.thread = std::thread([this, &worker] { work(worker); });
  }

  // While there is work.
  void work(Worker& worker) {
    pthread_setname_np(pthread_self(), "acme-validation");
    while (true) {
      ValidationTask task;
      uint64_t reign = 0;
      {
        base::MutexLock lock(mutex_);
        worker.works = !waiting_.empty();
        if (!worker.works) return;
        task = std::move(waiting_.front());
        waiting_.pop_front();
        reign = reign_;
      }
      const Verdict verdict = look_at(task, worker, reign);
      base::MutexLock lock(mutex_);
      if (reign == reign_) decided_.push_back({std::move(task.id), verdict.problem, verdict.detail});
    }
  }

  Verdict look_at(const ValidationTask& task, Worker& worker, uint64_t reign) {
    const auto goes_on = [this, reign] {
      base::MutexLock lock(mutex_);
      return reign == reign_;
    };
    const Attempt attempt{rule_, ports_, {worker.bell, std::chrono::steady_clock::now() + kAttemptTime, goes_on}};
    switch (task.type) {
      case ChallengeType::http_01: return http_01(task, attempt);
      case ChallengeType::dns_01: return dns_01(task, attempt);
      case ChallengeType::tls_alpn_01: return tls_alpn_01(task, attempt);
    }
    return {Problem::unauthorized, "no such challenge"};
  }

  const net::AddressRule rule_;
  const Ports ports_;
  base::Mutex mutex_{base::Rank::background_job};  // nothing else is locked while it is held
  std::deque<ValidationTask> waiting_ GUARDED_BY(mutex_);
  std::vector<ValidationOutcome> decided_ GUARDED_BY(mutex_);
  uint64_t reign_ GUARDED_BY(mutex_) = 0;  // counts what was forgotten: an attempt of an earlier one tells nothing
  std::vector<std::unique_ptr<Worker>> workers_;  // only grows, under the lock
};

}  // namespace

std::unique_ptr<Validations> make_validations(net::AddressRule rule, Ports ports) { return std::make_unique<Pool>(std::move(rule), ports); }
std::unique_ptr<Validations> make_validations(net::AddressRule rule) { return make_validations(std::move(rule), Ports()); }

}  // namespace bao::engines::pki::acme
