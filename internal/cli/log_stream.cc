#include "internal/cli/log_stream.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "internal/base/log.h"
#include "internal/cli/invocation.h"

namespace bao::cli {
namespace {

// A log may be silent for long.
constexpr base::Duration kSilenceMax = std::chrono::hours(24);

using Take = api::HttpRequest::TakePiece;

// Until somebody ends it. By a Client or a Session. Errors: what kept it from coming, or what `take` says.
template <typename Sender>
base::Status follow(Sender& sender, const std::string& level, const std::string& format, const Take& take) {
  api::HttpRequest request{.method = "GET", .path = "/v1/sys/monitor", .query = {{"log_level", level}, {"log_format", format}}, .body = {},
                           .content_type = ""};
  request.receive = [&take]() -> base::Result<Take> { return take; };
  ASSIGN_OR_RETURN(const auto response, sender.send(request));
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  return {};
}

void leave(int) { _exit(0); }

}  // namespace

int monitor(Invocation& run) {
  if (!run.arguments().empty()) return run.fail(1, "Too many arguments (expected 0, got " + std::to_string(run.arguments().size()) + ")");
  const std::string level = run.flags().text("log-level"), format = run.flags().text("log-format");
  base::LogLevel parsed = base::LogLevel::info;
  if (!base::parse_log_level(level, parsed) || parsed == base::LogLevel::off)
    return run.fail(1, level + " is an unknown log level. Valid log levels are: [trace debug info warn error]");
  if (format != "standard" && format != "json") {
    return run.fail(1, format + " is an unknown log format. Valid log formats are: [standard json]");
  }
  Session* session = run.session();
  if (session == nullptr) return 1;
  session->wait_at_least(kSilenceMax);
  struct sigaction action {};
  action.sa_handler = leave;  // each line is written when it came
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const base::Status followed = follow(*session, level, format, [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
    return base::Status{};
  });
  return followed.ok() ? 0 : run.fail(1, "Error starting monitor: " + followed.error().message());
}

LogCapture::LogCapture(const api::ClientOptions& options, std::string format) : client_(options) {
  client_.options().timeout = kSilenceMax;
  client_.options().retries_max = 0;
  thread_ = std::thread([this, format = std::move(format)] {
    const base::Status followed = follow(client_, "trace", format, [this](std::string_view piece) -> base::Status {
      base::MutexLock lock(mutex_);
      if (text_.size() + piece.size() > kBytesMax) return base::invalid("the log is longer than a bundle takes; it ends before the capture did");
      text_ += piece;
      return {};
    });
    base::MutexLock lock(mutex_);
    if (!ending_ && !followed.ok()) failed_ = followed.error();
  });
}

LogCapture::~LogCapture() { (void)end(); }

base::Result<std::string> LogCapture::end() {
  {
    base::MutexLock lock(mutex_);
    ending_ = true;
  }
  client_.interrupt();
  if (thread_.joinable()) thread_.join();
  base::MutexLock lock(mutex_);
  if (!failed_.ok() && text_.empty()) return failed_.error();
  return std::move(text_);
}

}  // namespace bao::cli
