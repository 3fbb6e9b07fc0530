#include "internal/base/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <iterator>

#include "internal/base/log_watch.h"
#include "internal/base/time_format.h"

namespace bao::base {
namespace {

std::atomic<LogLevel> current_level{LogLevel::info};
std::atomic<LogFormat> current_format{LogFormat::text};
std::atomic<int> descriptor{2};

// What the code logs as, sorted.
constexpr std::array<std::string_view, 20> kComponents = {
    "api",  "audit", "barrier",  "config",     "core",     "expiration", "http",  "identity", "invalidation", "mounts",
    "policy", "quota", "request", "revoker", "rollback", "seal", "server", "storage", "system", "token"};
constexpr int kConfigured = -1;
std::atomic<int> override_of_all{kConfigured};
std::array<std::atomic<int>, kComponents.size()> overrides{};

size_t component_number(std::string_view component) {
  const auto found = std::lower_bound(kComponents.begin(), kComponents.end(), component);
  return found == kComponents.end() || *found != component ? kComponents.size()
                                                            : static_cast<size_t>(std::distance(kComponents.begin(), found));
}

LogLevel level_in_force(size_t component) {
  if (component < kComponents.size()) {
    // One more than the level, so that zero is "not set".
    const int own = overrides[component].load(std::memory_order_relaxed);
    if (own != 0) return static_cast<LogLevel>(own - 1);
  }
  const int all = override_of_all.load(std::memory_order_relaxed);
  return all == kConfigured ? current_level.load(std::memory_order_relaxed) : static_cast<LogLevel>(all);
}

std::string_view padded(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return "[TRACE] ";
    case LogLevel::debug: return "[DEBUG] ";
    case LogLevel::info: return "[INFO]  ";
    case LogLevel::warn: return "[WARN]  ";
    default: return "[ERROR] ";
  }
}

std::string_view plain(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return "trace";
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    default: return "error";
  }
}

// A line stays a line and JSON stays JSON whatever the value holds.
void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

bool needs_quotes(std::string_view value) {
  for (const char c : value) {
    if (c == ' ' || c == '"' || c == '=' || static_cast<unsigned char>(c) < 0x20) return true;
  }
  return value.empty();
}

}  // namespace

void set_log_level(LogLevel level) { current_level = level; }
LogLevel log_level() { return current_level; }

void override_log_level(std::optional<LogLevel> level) {
  for (auto& own : overrides) own = 0;
  override_of_all = level ? static_cast<int>(*level) : kConfigured;
}

bool override_log_level_of(std::string_view component, std::optional<LogLevel> level) {
  const size_t number = component_number(component);
  if (number == kComponents.size()) return false;
  overrides[number] = static_cast<int>(level.value_or(current_level.load())) + 1;
  return true;
}

std::vector<std::pair<std::string, LogLevel>> component_log_levels() {
  std::vector<std::pair<std::string, LogLevel>> out;
  for (size_t i = 0; i < kComponents.size(); ++i) out.emplace_back(kComponents[i], level_in_force(i));
  return out;
}

std::string_view log_level_name(LogLevel level) { return level == LogLevel::off ? "off" : plain(level); }

void set_log_format(LogFormat format) { current_format = format; }
void set_log_descriptor(int fd) { descriptor = fd; }

bool parse_log_level(std::string_view word, LogLevel& level) {
  if (word == "trace") level = LogLevel::trace;
  else if (word == "debug") level = LogLevel::debug;
  else if (word == "info" || word == "notice" || word.empty()) level = LogLevel::info;
  else if (word == "warn" || word == "warning") level = LogLevel::warn;
  else if (word == "err" || word == "error") level = LogLevel::error;
  else if (word == "off") level = LogLevel::off;
  else return false;
  return true;
}

std::string log_line(LogFormat format, LogLevel level, std::string_view component, std::string_view text,
                     std::initializer_list<LogField> fields) {
  std::string line;
  const std::string now = format_rfc3339_millis(system_clock().now());
  if (format == LogFormat::json) {
    line += "{\"@level\":\"";
    line += plain(level);
    line += "\",\"@message\":";
    append_quoted(line, text);
    line += ",\"@module\":";
    append_quoted(line, component);
    line += ",\"@timestamp\":\"" + now + "\"";
    for (const auto& [key, value] : fields) {
      line += ',';
      append_quoted(line, key);
      line += ':';
      append_quoted(line, value);
    }
    line += "}\n";
    return line;
  }
  line += now;
  line += ' ';
  line += padded(level);
  line += component;
  if (!component.empty()) line += ": ";
  line += text;
  if (fields.size() != 0) line += ':';
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    if (needs_quotes(value)) append_quoted(line, value);
    else line += value;
  }
  line += '\n';
  return line;
}

bool log_enabled(LogLevel level, std::string_view component) {
  return level != LogLevel::off && (level >= level_in_force(component_number(component)) || log_watched(level));
}

void log(LogLevel level, std::string_view component, std::string_view text,
         std::initializer_list<LogField> fields) {
  if (level == LogLevel::off) return;
  if (level >= level_in_force(component_number(component))) {
    const std::string line = log_line(current_format, level, component, text, fields);
    // A log that cannot be written must not stop the server.
    [[maybe_unused]] const auto written = ::write(descriptor, line.data(), line.size());
  }
  if (log_watched(level)) show_watchers(level, [&](LogFormat format) { return log_line(format, level, component, text, fields); });
}

}  // namespace bao::base
