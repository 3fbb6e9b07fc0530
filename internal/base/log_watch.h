// Log lines as they are written, for who watches the server from outside (sys/monitor): from a level and in a form of the
// watcher's own, whatever goes to the log itself. Bounded: who reads too slowly misses lines, and is told how many. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/log.h"

namespace bao::base {

class LogWatch {
 public:
  // Sees every line of that level or above that is written from now on.
  LogWatch(LogLevel level, LogFormat format);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;
  // The lines since the last time, each with its end; waits for the first one. "": none came in time.
  std::string next(std::chrono::milliseconds at_most);

  struct Lines;

 private:
  const std::shared_ptr<Lines> lines_;
};

// ---- of log() ----
// Whether anybody watches lines of that level: one read of an atomic.
bool log_watched(LogLevel level);
// Gives each who does its line.
void show_watchers(LogLevel level, const std::function<std::string(LogFormat)>& line_as);
std::string log_line(LogFormat format, LogLevel level, std::string_view component, std::string_view text,
                     std::initializer_list<LogField> fields);

}  // namespace bao::base
