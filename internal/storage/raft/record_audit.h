// Compares records that are kept in memory with what SQLite holds, one after the other, slowly (record_cache.h). A difference is logged
// and counted (audit.divergences{cache=records}), and the record is forgotten. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/storage/backend.h"
#include "internal/storage/raft/record_cache.h"

namespace bao::storage::raft {

class RecordAudit {
 public:
  static constexpr std::chrono::milliseconds kPace{500};
  // A snapshot that reads past `records`.
  using Uncached = std::function<std::unique_ptr<Snapshot>()>;
  RecordAudit(RecordCache& records, Uncached uncached) : records_(records), uncached_(std::move(uncached)) {}
  ~RecordAudit() { stop(); }

  void start();
  void stop() EXCLUDES(mutex_);
  // The record of that number, counted anyhow, compared now.
  void compare(uint64_t number);

 private:
  RecordCache& records_;
  const Uncached uncached_;
  base::Mutex mutex_{base::Rank::background_job};
  base::Condition changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::storage::raft
