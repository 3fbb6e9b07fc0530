// Flags that programs with a configuration file share: server, agent, proxy, and what checks their files.
#pragma once

#include "internal/cli/flags.h"

namespace bao::cli {

// -config; each program has an environment variable of its own for it.
constexpr Flag config_flag(std::string_view environment) {
  return {.name = "config", .kind = FlagKind::list,
          .text = "A configuration file, or a directory of them. May be repeated.", .environment = environment};
}

inline constexpr Flag kLogFile{.name = "log-file", .text = "A file to log to as well."};
inline constexpr Flag kLogFormat{.name = "log-format",
                                 .text = "How to log: \"standard\" or \"json\".",
                                 .fallback = "(not set)", .environment = "BAO_LOG_FORMAT"};
inline constexpr Flag kLogLevel{.name = "log-level",
                                .text = "From which level on to log: trace, debug, info, warn, error.",
                                .fallback = "(not set)", .environment = "BAO_LOG_LEVEL"};
inline constexpr Flag kLogRotateBytes{.name = "log-rotate-bytes", .kind = FlagKind::integer,
                                      .text = "Begin a new log file after this many bytes."};
inline constexpr Flag kLogRotateDuration{.name = "log-rotate-duration",
                                         .text = "Begin a new log file after this long."};
inline constexpr Flag kLogRotateMaxFiles{.name = "log-rotate-max-files", .kind = FlagKind::integer,
                                         .text = "How many old log files to keep; -1: none, 0: all."};
inline constexpr Flag kExitAfterAuth{.name = "exit-after-auth", .kind = FlagKind::boolean,
                                     .text = "End after having logged in once.", .fallback = "false"};

}  // namespace bao::cli
