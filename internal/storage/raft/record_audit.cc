#include "internal/storage/raft/record_audit.h"

#include <pthread.h>

#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::storage::raft {
namespace {

// Names below belong to users.
std::string_view first_folders(std::string_view key) { return key.substr(0, key.find('/', key.find('/') + 1)); }

}  // namespace

void RecordAudit::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "record-audit");
    for (uint64_t number = 0;; ++number) {
      {
        base::MutexLock lock(mutex_);
        if (changed_.wait_for(mutex_, kPace, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_; })) return;
      }
      compare(number);
    }
  });
}

void RecordAudit::stop() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// No moment in between: the mark of a key is raised before anyone can see the change, so what is served for a snapshot is what
// that snapshot holds.
void RecordAudit::compare(uint64_t number) {
  static base::Counter& compared = base::counter("audit.compared{cache=records}");
  static base::Counter& divergences = base::counter("audit.divergences{cache=records}");
  base::counter("cache.objects{cache=records}").set(static_cast<int64_t>(records_.size()));
  const auto key = records_.sample(number);
  if (!key) return;
  const auto snapshot = uncached_();
  const auto kept = records_.find(*key, snapshot->index());
  if (!kept) return;
  const auto stored = snapshot->get(*key);
  if (!stored.ok()) return;
  compared.add();
  if (*stored && (*stored)->value == kept->value && (*stored)->modified == kept->modified) return;
  divergences.add();
  base::log_error("storage", "a record that is kept in memory is not what the database holds: it is forgotten",
                  {{"prefix", std::string(first_folders(*key))}, {"index", std::to_string(snapshot->index().value)}});
  records_.forget(*key);
}

}  // namespace bao::storage::raft
