// The check of a database that is too large to be read before it serves: beside the requests, on a connection and a thread of its
// own, in short pieces with a longer rest after each (state_walk.h). Damage is logged and counted (storage.damage_found); reads
// that meet it fail by themselves.
#pragma once

#include <string>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/base/result.h"

namespace bao::storage::raft {

class BackgroundCheck {
 public:
  ~BackgroundCheck() { stop(); }
  void start(const std::string& file, const std::string& vfs);
  // Ends it early; returns when the thread has ended.
  void stop() EXCLUDES(mutex_);

 private:
  // Whether it got through.
  base::Result<bool> run(const std::string& file, const std::string& vfs) EXCLUDES(mutex_);

  base::Mutex mutex_{base::Rank::background_job};
  base::Condition changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::storage::raft
