// Log lines with levels, as text ("2026-01-02T15:04:05.123Z [INFO]  core: text: key=value") or JSON, to stderr.
// Thread-safe: one line is one write. Values must never be secrets.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bao::base {

enum class LogLevel { trace, debug, info, warn, error, off };
enum class LogFormat { text, json };

// Process-wide settings; may be changed at any time (SIGHUP).
void set_log_level(LogLevel level);
LogLevel log_level();
void set_log_format(LogFormat format);
// Overrides of what is configured, while the process runs (sys/loggers): for every component, which drops those of single
// ones, or for one; nothing returns to the configured level. False: there is no component of that name.
void override_log_level(std::optional<LogLevel> level);
bool override_log_level_of(std::string_view component, std::optional<LogLevel> level);
// Every component with the level in force, by name.
std::vector<std::pair<std::string, LogLevel>> component_log_levels();
std::string_view log_level_name(LogLevel level);
// Where lines go: 2 (stderr) by default.
void set_log_descriptor(int descriptor);
// "trace" … "error", also "warning", "err", "notice"; false when the word is none of them.
bool parse_log_level(std::string_view word, LogLevel& level);

using LogField = std::pair<std::string_view, std::string>;
void log(LogLevel level, std::string_view component, std::string_view text,
         std::initializer_list<LogField> fields = {});

// Whether a line of that level and component would be written.
bool log_enabled(LogLevel level, std::string_view component);

inline void log_debug(std::string_view component, std::string_view text,
                      std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, component, text, fields);
}
inline void log_info(std::string_view component, std::string_view text,
                     std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, component, text, fields);
}
inline void log_warn(std::string_view component, std::string_view text,
                     std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warn, component, text, fields);
}
inline void log_error(std::string_view component, std::string_view text,
                      std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, component, text, fields);
}

}  // namespace bao::base
