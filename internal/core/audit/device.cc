#include "internal/core/audit/device.h"

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/core/audit/table.h"

namespace bao::core::audit {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

namespace {

// As strconv.ParseBool.
Result<bool> boolean(const Options& options, const std::string& name, bool otherwise) {
  const std::string text = option(options, name, otherwise ? "true" : "false");
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return base::invalid("strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
}

const Options& options_of(const MountEntry& entry) {
  static const Options kNone;
  return entry.options ? *entry.options : kNone;
}

}  // namespace

std::string option(const Options& options, const std::string& name, const std::string& otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

Result<LineOptions> line_options(const Options& options, const ServerOptions& allowed) {
  const std::string format = option(options, "format", "json");
  if (format == "jsonx") {
    return base::invalid("jsonx formatting has been removed, consider switching to json by omitting \"format\" or setting it to \"json\"");
  }
  if (format != "json") return base::invalid("unknown format type \"" + format + "\"");
  LineOptions line;
  ASSIGN_OR_RETURN(line.hmac_accessor, boolean(options, "hmac_accessor", true));
  ASSIGN_OR_RETURN(const bool raw, boolean(options, "log_raw", false));
  ASSIGN_OR_RETURN(line.elide_list_responses, boolean(options, "elide_list_responses", false));
  line.raw = raw && (allowed.raw || allowed.api_creation);
  if (allowed.prefixing) line.prefix = option(options, "prefix", "");
  return line;
}

Result<std::unique_ptr<Sink>> make_sink(const std::string& type, const Options& options, const SinkRules& rules) {
  if (type == "file") return make_file_sink(options, rules);
  if (type == "http") return make_http_sink(options, rules);
  if (type == "socket") return make_socket_sink(options);
  if (type == "syslog") return make_syslog_sink(options);
  return base::invalid("unknown backend type: \"" + type + "\"");
}

Result<std::unique_ptr<Device>> Device::make(MountEntry entry, std::string salt, const ServerOptions& allowed) {
  const Maker maker = entry.table == kDeclaredTable ? Maker::configuration : Maker::api;
  ASSIGN_OR_RETURN(auto sink, make_sink(entry.type, options_of(entry), {maker, allowed}));
  ASSIGN_OR_RETURN(LineOptions options, audit::line_options(options_of(entry), allowed));
  return std::unique_ptr<Device>(new Device(std::move(entry), std::move(salt), std::move(options), std::move(sink)));
}

Device::Device(MountEntry entry, std::string salt, LineOptions options, std::unique_ptr<Sink> sink)
    : entry_(std::move(entry)), line_options_(std::move(options)), salted_(std::move(salt)), sink_(std::move(sink)) {}

Status Device::write(std::string_view line) {
  const Status status = try_write(line);
  report(status);
  return status;
}

Status Device::try_write(std::string_view line) {
  const SteadyTime begin = std::chrono::steady_clock::now();
  const bool patient = is_waited_for(begin);
  const SteadyTime until = begin + (patient ? kWriteTime : kGlance);
  Status status = Error(Code::unavailable, "it takes nothing in time");
  if (turn_.begin(until)) {
    if (reopen_.exchange(false)) sink_->reopen();
    status = sink_->write(line, until);
    turn_.end();
  }
  if (status.ok() && waited_for_again_at_.load() != 0) waited_for_again_at_ = 0;
  const SteadyTime end = std::chrono::steady_clock::now();
  if (!status.ok() && patient && end + kGlance >= until) waited_for_again_at_ = (end + kPause).time_since_epoch().count();
  return status;
}

// One line in each pause finds out whether a slow device takes lines again; the others don't pay for it.
bool Device::is_waited_for(SteadyTime now) {
  int64_t again_at = waited_for_again_at_.load();
  if (again_at == 0) return true;
  const bool due = now.time_since_epoch().count() >= again_at;
  return due && waited_for_again_at_.compare_exchange_strong(again_at, (now + kPause).time_since_epoch().count());
}

// A device that hangs would hold up whoever reloads the configuration: the next line does it.
void Device::reopen() { reopen_ = true; }

void Device::report(const Status& status) {
  static base::Counter& failures = base::counter("audit.device_failures");
  if (!status.ok()) failures.add();
  if (failing_.exchange(!status.ok()) == !status.ok()) return;
  if (status.ok()) base::log_info("audit", "the device works again", {{"path", entry_.path}});
  else base::log_error("audit", "the device does not work", {{"path", entry_.path}, {"error", status.error().message()}});
}

}  // namespace bao::core::audit
