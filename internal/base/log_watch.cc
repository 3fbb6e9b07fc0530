#include "internal/base/log_watch.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>
#include <vector>

#include "internal/base/mutex.h"

namespace bao::base {
namespace {

constexpr size_t kWaitingBytesMax = size_t{256} << 10;  // for one who watches

}  // namespace

struct LogWatch::Lines {
  Lines(LogLevel from, LogFormat as) : level(from), format(as) {}

  const LogLevel level;
  const LogFormat format;
  Mutex mutex{Rank::log};
  Condition came;
  std::string text GUARDED_BY(mutex);
  size_t missed GUARDED_BY(mutex) = 0;

  void add(const std::string& line) EXCLUDES(mutex) {
    MutexLock lock(mutex);
    if (text.size() + line.size() > kWaitingBytesMax) ++missed;
    else text += line;
    came.notify_one();
  }
};

namespace {

class Watchers {
 public:
  using Watcher = std::shared_ptr<LogWatch::Lines>;

  bool want(LogLevel level) const { return level >= lowest_.load(std::memory_order_relaxed); }
  void add(Watcher watcher) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    all_.push_back(std::move(watcher));
    find_lowest();
  }
  void remove(const Watcher& watcher) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    std::erase(all_, watcher);
    find_lowest();
  }
  std::vector<Watcher> of(LogLevel level) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    std::vector<Watcher> wanting;
    std::ranges::copy_if(all_, std::back_inserter(wanting), [level](const Watcher& watcher) { return level >= watcher->level; });
    return wanting;
  }

 private:
  void find_lowest() REQUIRES(mutex_) {
    LogLevel lowest = LogLevel::off;
    for (const Watcher& watcher : all_) lowest = std::min(lowest, watcher->level);
    lowest_ = lowest;
  }

  std::atomic<LogLevel> lowest_{LogLevel::off};
  Mutex mutex_{Rank::log};
  std::vector<Watcher> all_ GUARDED_BY(mutex_);
};

Watchers& watchers() {
  static Watchers* const all = new Watchers;  // threads may log until the very end
  return *all;
}

}  // namespace

LogWatch::LogWatch(LogLevel level, LogFormat format) : lines_(std::make_shared<Lines>(level, format)) { watchers().add(lines_); }
LogWatch::~LogWatch() { watchers().remove(lines_); }

std::string LogWatch::next(std::chrono::milliseconds at_most) {
  std::string taken;
  size_t missed = 0;
  {
    MutexLock lock(lines_->mutex);
    lines_->came.wait_for(lines_->mutex, at_most, [this]() BAO_TS(no_thread_safety_analysis) { return !lines_->text.empty(); });
    taken.swap(lines_->text);
    missed = std::exchange(lines_->missed, 0);
  }
  if (missed == 0) return taken;
  return taken + log_line(lines_->format, LogLevel::warn, "monitor", "lines were left out, because they came faster than they were read",
                          {{"lines", std::to_string(missed)}});
}

bool log_watched(LogLevel level) { return watchers().want(level); }

void show_watchers(LogLevel level, const std::function<std::string(LogFormat)>& line_as) {
  for (const auto& watcher : watchers().of(level)) watcher->add(line_as(watcher->format));
}

}  // namespace bao::base
