#include "internal/core/system/process_view.h"

#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "internal/profiling/binaries.h"
#include "internal/profiling/command_line.h"
#include "internal/profiling/recording.h"
#include "internal/profiling/snapshots.h"

namespace bao::core::sys {
namespace {

using logical::Reply;
using logical::Response;

constexpr int64_t kSecondsMax = 90;  // as long as the reference lets a request take
constexpr char kText[] = "text/plain; charset=utf-8";

Response raw(const char* content_type, std::string body) {
  Response response;
  response.raw = logical::RawBody{200, content_type, std::move(body)};
  return response;
}

Response download(std::string name, std::string body) {
  Response response = raw("application/octet-stream", std::move(body));
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + std::move(name) + "\"");
  return response;
}

// ---- what can be told at once: without debug, with debug=1, with more

template <auto profile, auto text, auto more = text>
Reply snapshot(const ProcessView& view, const ProcessQuestion& asked) {
  if (asked.seconds != 0) return base::invalid("what changes in some seconds is not told here: ask twice and compare");
  base::Result<std::string> body = asked.debug == 0 ? base::Result<std::string>(profile())
                                   : asked.debug == 1 ? base::Result<std::string>(text()) : base::Result<std::string>(more());
  if (!body.ok()) return body.error();
  return asked.debug == 0 ? download(view.name, std::move(*body)) : raw(kText, std::move(*body));
}

// ---- what takes its time

class RecordingStream final : public logical::BodyStream {
 public:
  explicit RecordingStream(std::unique_ptr<profiling::Recording> recording) : recording_(std::move(recording)) {}
  std::optional<std::string> next(std::chrono::milliseconds at_most) override { return recording_->next(at_most); }

 private:
  const std::unique_ptr<profiling::Recording> recording_;
};

struct Recorded {
  int64_t seconds;   // without being told
  const char* busy;  // what Go says when somebody else is at it
  const char* content_type;
  base::Result<std::unique_ptr<profiling::Recording>> (*record)(std::chrono::seconds);
};
constexpr Recorded kProfile = {30, "Could not enable CPU profiling: cpu profiling already in use\n", "application/octet-stream",
                               profiling::record_cpu_profile};
constexpr Recorded kTrace = {1, "Could not enable tracing: tracing is already enabled\n", "application/json", profiling::record_cpu_trace};

template <const Recorded& what>
Reply record(const ProcessView& view, const ProcessQuestion& asked) {
  if (asked.seconds > kSecondsMax) {
    return base::invalid("seconds " + std::to_string(asked.seconds) + " exceeds max request duration of " + std::to_string(kSecondsMax));
  }
  auto recording = what.record(std::chrono::seconds(asked.seconds > 0 ? asked.seconds : what.seconds));
  if (!recording.ok()) {
    Response busy = raw(kText, what.busy);
    busy.raw->status = 500;
    return busy;
  }
  Response response = download(view.name, "");
  response.raw->content_type = what.content_type;
  response.raw->stream = std::make_shared<RecordingStream>(std::move(*recording));
  return response;
}

// ---- the rest

Reply command_line(const ProcessView&, const ProcessQuestion&) { return raw(kText, profiling::masked_command_line()); }

// What is none is left out.
std::vector<uintptr_t> addresses_in(std::string_view text) {
  std::vector<uintptr_t> out;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.starts_with("0x")) word.remove_prefix(2);
    uintptr_t address = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), address, 16);
    if (error == std::errc() && end == word.data() + word.size()) out.push_back(address);
  }
  return out;
}

// In Go's form.
Reply symbols(const ProcessView&, const ProcessQuestion& asked) {
  const profiling::Binaries binaries;
  std::string out = "num_symbols: 1\n";
  for (const uintptr_t address : addresses_in(asked.addresses)) {
    out += profiling::hex_address(address) + " " + binaries.name_of(address) + "\n";
  }
  return raw(kText, std::move(out));
}

Reply index(const ProcessView&, const ProcessQuestion&) {
  std::string out = "<html>\n<head>\n<title>/sys/pprof/</title>\n</head>\n<body>\n<table>\n";
  for (const ProcessView& view : process_views()) {
    const std::string name = view.name;
    if (!name.empty()) out += "<tr><td><a href=\"" + name + "\">" + name + "</a></td><td>" + view.summary + "</td></tr>\n";
  }
  return raw("text/html; charset=utf-8", out + "</table>\n</body>\n</html>\n");
}

using Takes = ProcessView::Takes;

constexpr ProcessView kViews[] = {
    {"goroutine", "The threads of this process, with their stacks.", Takes::debug,
     snapshot<profiling::thread_stacks_profile, profiling::thread_stacks_text, profiling::each_thread_text>},
    {"threadcreate", "The threads of this process, by name.", Takes::debug,
     snapshot<profiling::thread_names_profile, profiling::thread_names_text>},
    {"heap", "Memory in use, as the allocator counts it.", Takes::debug, snapshot<profiling::memory_profile, profiling::memory_text>},
    {"allocs", "The same as heap: past allocations are not counted.", Takes::debug,
     snapshot<profiling::memory_profile, profiling::memory_text>},
    {"block", "Waiting for locks, which is not measured.", Takes::debug, snapshot<profiling::lock_profile, profiling::lock_text>},
    {"mutex", "Waiting for locks, which is not measured.", Takes::debug, snapshot<profiling::lock_profile, profiling::lock_text>},
    {"profile", "Where processor time is spent, for some seconds.", Takes::seconds, record<kProfile>},
    {"trace", "What each thread does with its processor time, for some seconds: JSON for ui.perfetto.dev.", Takes::seconds, record<kTrace>},
    {"cmdline", "How this process was started, without secrets.", Takes::nothing, command_line},
    {"symbol", "The functions that addresses belong to.", Takes::nothing, symbols},
    {"", "What can be looked at.", Takes::nothing, index},
};

}  // namespace

std::span<const ProcessView> process_views() { return kViews; }

const ProcessView* find_process_view(std::string_view name) {
  for (const ProcessView& view : kViews) {
    if (name == view.name) return &view;
  }
  return nullptr;
}

}  // namespace bao::core::sys
