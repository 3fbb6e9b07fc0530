// Where lines go: a file, a socket, the system's log. A sink is used by one thread at a time; its calls end by the deadline, as far as the
// kernel lets them (a write to a regular file waits for its disk).
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/core/audit/server_options.h"

namespace bao::core::audit {

using SteadyTime = std::chrono::steady_clock::time_point;
using Options = std::map<std::string, std::string>;

class Sink {
 public:
  virtual ~Sink() = default;
  // The whole line, or an error: unavailable.
  virtual base::Status write(std::string_view line, SteadyTime until) = 0;
  // Lets go of the file or connection: the next line opens it anew.
  virtual void reopen() = 0;
};

// Whoever writes the configuration owns the machine; who may use the API does not.
enum class Maker { configuration, api };
struct SinkRules {
  Maker maker;
  const ServerOptions& allowed;
};

// Types "file", "http", "socket", "syslog". Nothing is opened before the first line. Errors: invalid, as the reference words them.
base::Result<std::unique_ptr<Sink>> make_sink(const std::string& type, const Options& options, const SinkRules& rules);
base::Result<std::unique_ptr<Sink>> make_file_sink(const Options& options, const SinkRules& rules);
base::Result<std::unique_ptr<Sink>> make_http_sink(const Options& options, const SinkRules& rules);
base::Result<std::unique_ptr<Sink>> make_socket_sink(const Options& options);
base::Result<std::unique_ptr<Sink>> make_syslog_sink(const Options& options);

// An option, or what holds without it.
std::string option(const Options& options, const std::string& name, const std::string& otherwise);

}  // namespace bao::core::audit
