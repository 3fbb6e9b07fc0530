// The system's log, as datagrams to /dev/log (RFC 3164): syslog() of the C library cannot fail and waits without bound.
#include <syslog.h>
#include <unistd.h>

#include <map>

#include "internal/core/audit/sink.h"

namespace bao::core::audit {
namespace {

using base::Result;
using base::Status;

class SyslogSink final : public Sink {
 public:
  SyslogSink(std::string head, std::unique_ptr<Sink> socket) : head_(std::move(head)), socket_(std::move(socket)) {}
  Status write(std::string_view line, SteadyTime until) override {
    if (line.ends_with('\n')) line.remove_suffix(1);
    return socket_->write(head_ + std::string(line), until);
  }
  void reopen() override { socket_->reopen(); }

 private:
  const std::string head_;  // "<priority>tag[pid]: "
  const std::unique_ptr<Sink> socket_;
};

const std::map<std::string, int>& facilities() {
  static const std::map<std::string, int> kAll = {
      {"KERN", LOG_KERN}, {"USER", LOG_USER}, {"MAIL", LOG_MAIL}, {"DAEMON", LOG_DAEMON}, {"AUTH", LOG_AUTH}, {"SYSLOG", LOG_SYSLOG},
      {"LPR", LOG_LPR}, {"NEWS", LOG_NEWS}, {"UUCP", LOG_UUCP}, {"CRON", LOG_CRON}, {"AUTHPRIV", LOG_AUTHPRIV}, {"FTP", LOG_FTP},
      {"LOCAL0", LOG_LOCAL0}, {"LOCAL1", LOG_LOCAL1}, {"LOCAL2", LOG_LOCAL2}, {"LOCAL3", LOG_LOCAL3}, {"LOCAL4", LOG_LOCAL4},
      {"LOCAL5", LOG_LOCAL5}, {"LOCAL6", LOG_LOCAL6}, {"LOCAL7", LOG_LOCAL7}};
  return kAll;
}

}  // namespace

Result<std::unique_ptr<Sink>> make_syslog_sink(const Options& options) {
  const std::string name = option(options, "facility", "AUTH");
  const auto facility = facilities().find(name);
  if (facility == facilities().end()) return base::invalid("invalid syslog facility: " + name);
  ASSIGN_OR_RETURN(auto socket, make_socket_sink({{"address", "/dev/log"}, {"socket_type", "unixgram"}}));
  const std::string head = "<" + std::to_string(facility->second | LOG_INFO) + ">" + option(options, "tag", "vault") + "[" +
                           std::to_string(::getpid()) + "]: ";
  return std::unique_ptr<Sink>(std::make_unique<SyslogSink>(head, std::move(socket)));
}

}  // namespace bao::core::audit
