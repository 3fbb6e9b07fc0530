#include "internal/cli/debug_profiles.h"

#include <algorithm>
#include <utility>

#include "internal/base/time_format.h"

namespace bao::cli {
namespace {

// Of a request beyond what it asks for, and of the whole beyond its duration.
constexpr std::chrono::seconds kAnswerTime{30}, kGrace{1};

constexpr std::string_view kAtOnce[] = {"threadcreate", "allocs", "block", "mutex", "goroutine", "heap"};

api::ClientOptions patient(api::ClientOptions options, base::Duration interval) {
  options.timeout = std::max<base::Duration>(options.timeout, interval + kAnswerTime);
  options.retries_max = 0;
  return options;
}

// As the reference names its folders: "2006-01-02T15-04-05Z".
std::string folder_name(base::Time now) {
  std::string name = base::format_rfc3339_seconds(now);
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

}  // namespace

ProfileCapture::ProfileCapture(const api::ClientOptions& options, base::Duration duration, base::Duration interval)
    : client_(patient(options, interval)), trace_client_(patient(options, interval)) {
  thread_ = std::thread([this, duration, interval] { run(duration, interval); });
}

ProfileCapture::~ProfileCapture() { end(base::Duration::zero()); }

void ProfileCapture::run(base::Duration duration, base::Duration interval) {
  const auto start = Steady::now();
  for (auto next = start; next <= start + duration; next += interval) {
    {
      base::MutexLock lock(mutex_);
      if (changed_.wait_for(mutex_, next - Steady::now(), [this]() BAO_TS(no_thread_safety_analysis) { return ending_; })) break;
    }
    const std::string folder = folder_name(base::system_clock().now());
    take_at_once(folder);
    if (next - start + interval <= duration + kGrace) take_for(folder, interval);
  }
  base::MutexLock lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

void ProfileCapture::take_at_once(const std::string& folder) {
  for (const std::string_view name : kAtOnce) {
    const std::string target(name);
    take_one(client_, folder + "/" + target + ".prof", target, target, {});
  }
  take_one(client_, folder + "/goroutines.txt", "goroutines-text", "goroutine", {{"debug", "2"}});
}

// Both at once, or the trace would tell of another time than the profile.
void ProfileCapture::take_for(const std::string& folder, base::Duration interval) {
  const Query seconds = {{"seconds", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(interval).count())}};
  std::thread trace([&] { take_one(trace_client_, folder + "/trace.out", "trace", "trace", seconds); });
  take_one(client_, folder + "/profile.prof", "profile", "profile", seconds);
  trace.join();
}

void ProfileCapture::take_one(api::Client& client, const std::string& file, const std::string& target, const std::string& path, Query query) {
  auto answer = client.send({"GET", "/v1/sys/pprof/" + path, std::move(query), {}, ""});
  base::MutexLock lock(mutex_);
  if (ending_) return;
  if (answer.ok() && api::succeeded(*answer)) captured_.files.push_back({file, std::move(answer->body)});
  else captured_.failures.push_back({"pprof." + target, answer.ok() ? api::error_text(*answer) : answer.error().message()});
}

ProfileCapture::Captured ProfileCapture::take() {
  base::MutexLock lock(mutex_);
  return std::exchange(captured_, {});
}

void ProfileCapture::end(base::Duration at_most) {
  {
    base::MutexLock lock(mutex_);
    (void)changed_.wait_for(mutex_, at_most, [this]() BAO_TS(no_thread_safety_analysis) { return done_; });
    ending_ = true;
    changed_.notify_all();
  }
  client_.interrupt();
  trace_client_.interrupt();
  if (thread_.joinable()) thread_.join();
}

}  // namespace bao::cli
