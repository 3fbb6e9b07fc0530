// sys/monitor: this node's log, as it is written, for as long as somebody reads it (openbao-api.md 2.1). At a level of its own,
// whatever the log itself is set to.
#include <memory>
#include <utility>

#include "internal/base/letters.h"
#include "internal/base/log_watch.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

class LogStream final : public logical::BodyStream {
 public:
  LogStream(base::LogLevel level, base::LogFormat format) : watch_(level, format) {}
  std::optional<std::string> next(std::chrono::milliseconds at_most) override { return watch_.next(at_most); }

 private:
  base::LogWatch watch_;
};

Reply monitor(const Call& call, const storage::ReadView&) {
  base::LogLevel level = base::LogLevel::info;
  if (!base::parse_log_level(base::lower_case(call.fields.string("log_level")), level)) return base::invalid("unknown log level");
  const std::string format = base::lower_case(call.fields.string("log_format"));
  if (format != "standard" && format != "json") return base::invalid("unknown log format");
  Response response;
  response.raw = logical::RawBody{200, "text/plain; charset=utf-8", ""};
  response.raw->stream = std::make_shared<LogStream>(level, format == "json" ? base::LogFormat::json : base::LogFormat::text);
  return response;
}

}  // namespace

Paths monitor_paths() {
  Path path;
  path.pattern = "monitor";
  path.fields = {{.name = "log_level", .description = "From which level on: trace, debug, info, warn or error.", .default_value = "info", .query = true},
                 {.name = "log_format", .description = "standard, or json for an object a line.", .default_value = "standard", .query = true}};
  path.handlers = {{.operation = Operation::read, .effect = Reads{monitor}, .summary = "Watch the log of this node."}};
  path.synopsis = "Watch the log of this node.";
  return {path};
}

}  // namespace bao::core::sys
