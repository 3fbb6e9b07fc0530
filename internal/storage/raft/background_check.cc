#include "internal/storage/raft/background_check.h"

#include <pthread.h>

#include <chrono>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/sqlite/db.h"
#include "internal/storage/raft/state_walk.h"

namespace bao::storage::raft {
namespace {

constexpr std::chrono::milliseconds kPiece{5};
constexpr int kRests = 9;  // as long as the piece before: a tenth of one processor, for requests are served meanwhile

void report(const std::string& file, const base::Result<bool>& through) {
  if (through.ok()) {
    if (*through) base::log_info("storage", "the whole database is checked and sound", {{"file", file}});
    return;
  }
  if (through.error().code() != base::Code::corrupt) {
    return base::log_warn("storage", "the database could not be checked to its end", {{"error", through.error().message()}});
  }
  base::log_error("storage", "THE DATABASE IS DAMAGED: restore it from a snapshot", {{"error", through.error().message()}});
  static base::Counter& damage = base::counter("storage.damage_found");
  damage.add();
}

}  // namespace

void BackgroundCheck::start(const std::string& file, const std::string& vfs) {
  base::log_info("storage", "the database is large: it is checked in the background", {{"file", file}});
  thread_ = std::thread([this, file, vfs] {
    pthread_setname_np(pthread_self(), "check");
    report(file, run(file, vfs));
  });
}

void BackgroundCheck::stop() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

base::Result<bool> BackgroundCheck::run(const std::string& file, const std::string& vfs) {
  sqlite::OpenOptions options;
  options.access = sqlite::Access::read_only;
  options.vfs = vfs;
  ASSIGN_OR_RETURN(const auto db, sqlite::Db::open(file, options));
  StateWalk walk(*db);
  for (;;) {
    const auto began = std::chrono::steady_clock::now();
    ASSIGN_OR_RETURN(const bool through, walk.step(kPiece));
    if (through) return true;
    const auto took = std::chrono::steady_clock::now() - began;
    base::MutexLock lock(mutex_);
    if (changed_.wait_for(mutex_, kRests * took, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_; })) return false;
  }
}

}  // namespace bao::storage::raft
