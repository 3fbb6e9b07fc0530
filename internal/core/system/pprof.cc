// sys/pprof: looking into this process while it runs (openbao-api.md 2.1), in the formats that the reference's tools read. What is true
// of a server without a Go runtime, and nothing else (internal/profiling). Of this node alone.
#include "internal/core/system/pprof.h"

#include <charconv>
#include <memory>
#include <utility>

#include "internal/profiling/binaries.h"
#include "internal/profiling/command_line.h"
#include "internal/profiling/recording.h"
#include "internal/profiling/snapshots.h"

namespace bao::core::sys {
namespace {

using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
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

// ---- what can be told at once

using Snapshot = base::Result<std::string> (*)();
template <std::string (*Tell)()>
base::Result<std::string> told() { return Tell(); }

struct Kind {
  const char* name;
  const char* summary;
  Snapshot profile, text, each;  // without debug; with debug=1; with more
};
constexpr Kind kKinds[] = {
    {"goroutine", "The threads of this process, with their stacks.", profiling::thread_stacks_profile, profiling::thread_stacks_text,
     profiling::each_thread_text},
    {"threadcreate", "The threads of this process, by name.", told<profiling::thread_names_profile>, told<profiling::thread_names_text>,
     told<profiling::thread_names_text>},
    {"heap", "Memory in use, as the allocator counts it.", told<profiling::memory_profile>, told<profiling::memory_text>,
     told<profiling::memory_text>},
    {"allocs", "The same as heap: past allocations are not counted.", told<profiling::memory_profile>, told<profiling::memory_text>,
     told<profiling::memory_text>},
    {"block", "Waiting for locks, which is not measured.", told<profiling::lock_profile>, told<profiling::lock_text>,
     told<profiling::lock_text>},
    {"mutex", "Waiting for locks, which is not measured.", told<profiling::lock_profile>, told<profiling::lock_text>,
     told<profiling::lock_text>},
};

Reply snapshot(const Kind& kind, const Call& call) {
  if (call.fields.integer("seconds") != 0) return base::invalid("what changes in some seconds is not told here: ask twice and compare");
  const int64_t debug = call.fields.integer("debug");
  auto body = debug == 0 ? kind.profile() : debug == 1 ? kind.text() : kind.each();
  if (!body.ok()) return body.error();
  return debug == 0 ? download(kind.name, std::move(*body)) : raw(kText, std::move(*body));
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
  const char* name;
  const char* summary;
  int64_t seconds;   // without being told
  const char* busy;  // what Go says when somebody else is at it
  const char* content_type;
  base::Result<std::unique_ptr<profiling::Recording>> (*record)(std::chrono::seconds);
};
constexpr Recorded kRecorded[] = {
    {"profile", "Where processor time is spent, for some seconds.", 30, "Could not enable CPU profiling: cpu profiling already in use\n",
     "application/octet-stream", profiling::record_cpu_profile},
    {"trace", "What each thread does with its processor time, for some seconds: JSON for ui.perfetto.dev.", 1,
     "Could not enable tracing: tracing is already enabled\n", "application/json", profiling::record_cpu_trace},
};

Reply record(const Recorded& what, const Call& call) {
  const int64_t asked = call.fields.integer("seconds");
  if (asked > kSecondsMax) {
    return base::invalid("seconds " + std::to_string(asked) + " exceeds max request duration of " + std::to_string(kSecondsMax));
  }
  auto recording = what.record(std::chrono::seconds(asked > 0 ? asked : what.seconds));
  if (!recording.ok()) {
    Response busy = raw(kText, what.busy);
    busy.raw->status = 500;
    return busy;
  }
  Response response = download(what.name, "");
  response.raw->content_type = what.content_type;
  response.raw->stream = std::make_shared<RecordingStream>(std::move(*recording));
  return response;
}

// ---- the rest

Reply command_line(const Call&, const storage::ReadView&) { return raw(kText, profiling::masked_command_line()); }

// Of a query like "0x55d0c2a01234+0x55d0c2a05678", in which the plus signs were read as spaces; what is none is left out.
std::vector<uintptr_t> addresses_in(std::string_view query) {
  std::vector<uintptr_t> out;
  while (!query.empty()) {
    std::string_view word = query.substr(0, query.find(' '));
    query.remove_prefix(std::min(query.size(), word.size() + 1));
    if (word.starts_with("0x")) word.remove_prefix(2);
    uintptr_t address = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), address, 16);
    if (error == std::errc() && end == word.data() + word.size()) out.push_back(address);
  }
  return out;
}

// In Go's form.
Reply symbols(const Call& call, const storage::ReadView&) {
  const profiling::Binaries binaries;
  std::string out = "num_symbols: 1\n";
  for (const auto& [asked, value] : call.request.data.members()) {
    for (const uintptr_t address : addresses_in(asked)) {
      out += profiling::hex_address(address) + " " + binaries.name_of(address) + "\n";
    }
  }
  return raw(kText, std::move(out));
}

Reply index(const Call&, const storage::ReadView&) {
  std::string out = "<html>\n<head>\n<title>/sys/pprof/</title>\n</head>\n<body>\n<table>\n";
  const auto add = [&out](std::string_view name, std::string_view summary) {
    ((((((out += "<tr><td><a href=\"") += name) += "\">") += name) += "</a></td><td>") += summary) += "</td></tr>\n";
  };
  for (const Kind& kind : kKinds) add(kind.name, kind.summary);
  for (const Recorded& what : kRecorded) add(what.name, what.summary);
  add("cmdline", "How this process was started, without secrets.");
  return raw("text/html; charset=utf-8", out + "</table>\n</body>\n</html>\n");
}

Path reading(std::string pattern, const char* summary, logical::ReadHandler run) {
  Path path;
  path.pattern = std::move(pattern);
  path.handlers = {{.operation = Operation::read, .effect = Reads{std::move(run)}, .summary = summary}};
  path.synopsis = summary;
  path.description = "Of this node alone.";
  return path;
}

const logical::Field kSeconds{.name = "seconds", .type = FieldType::integer, .description = "For how long.", .query = true};
const logical::Field kDebug{.name = "debug", .type = FieldType::integer,
                            .description = "0 for a profile that pprof reads, 1 for text, 2 for more of it where there is more.", .query = true};

}  // namespace

std::vector<Path> pprof_paths() {
  std::vector<Path> paths;
  for (const Kind& kind : kKinds) {
    paths.push_back(reading("pprof/" + std::string(kind.name), kind.summary,
                            [&kind](const Call& call, const storage::ReadView&) { return snapshot(kind, call); }));
    paths.back().fields = {kDebug, kSeconds};
  }
  for (const Recorded& what : kRecorded) {
    paths.push_back(reading("pprof/" + std::string(what.name), what.summary,
                            [&what](const Call& call, const storage::ReadView&) { return record(what, call); }));
    paths.back().fields = {kSeconds};
  }
  paths.push_back(reading("pprof/cmdline", "How this process was started, without secrets.", command_line));
  paths.push_back(reading("pprof/symbol", "The functions that addresses belong to.", symbols));
  paths.push_back(reading("pprof/?", "What can be looked at.", index));
  return paths;
}

}  // namespace bao::core::sys
