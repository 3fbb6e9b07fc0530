#include "internal/storage/raft/background_check.h"

#include <pthread.h>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/sqlite/db.h"

namespace bao::storage::raft {
namespace {

constexpr std::chrono::hours kAtMost{24};

}  // namespace

void BackgroundCheck::start(const std::string& file, const std::string& vfs) {
  base::log_info("storage", "the database is large: the rest of it is checked in the background", {{"file", file}});
  thread_ = std::thread([this, file, vfs] {
    pthread_setname_np(pthread_self(), "check");
    run(file, vfs);
  });
}

void BackgroundCheck::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void BackgroundCheck::run(const std::string& file, const std::string& vfs) {
  sqlite::OpenOptions options;
  options.access = sqlite::Access::read_only;
  options.vfs = vfs;
  const auto checked = [&]() -> base::Result<bool> {
    ASSIGN_OR_RETURN(const auto db, sqlite::Db::open(file, options));
    return db->check(kAtMost, &stopping_);
  }();
  if (checked.ok()) {
    if (*checked) base::log_info("storage", "the whole database is checked and sound", {{"file", file}});
    return;
  }
  base::log_error("storage", "THE DATABASE IS DAMAGED: restore it from a snapshot", {{"error", checked.error().message()}});
  static base::Counter& damage = base::counter("storage.damage_found");
  damage.add();
}

}  // namespace bao::storage::raft
