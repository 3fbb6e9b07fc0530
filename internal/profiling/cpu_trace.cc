#include <unistd.h>

#include "internal/codec/json.h"
#include "internal/profiling/binaries.h"
#include "internal/profiling/recording.h"
#include "internal/profiling/stack_table.h"
#include "internal/profiling/threads.h"
#include "internal/profiling/time_line.h"

namespace bao::profiling {
namespace {

using codec::Json;

constexpr int64_t kPeriodNs = 1'000'000'000 / kSamplesPerSecond;
constexpr size_t kMomentsMax = 100'000;  // of one trace

// Microseconds with their decimals, as the format counts.
Json microseconds(int64_t ns) {
  const std::string decimals = std::to_string(ns % 1000);
  return Json::number(std::to_string(ns / 1000) + "." + std::string(3 - decimals.size(), '0') + decimals);
}

// The events of a document, each written at once.
class Events {
 public:
  void add(const char* kind, std::string_view name, int thread, std::vector<Json::Member> more) {
    Json event = Json::record({{"ph", kind}, {"name", std::string(name)}, {"pid", process_}, {"tid", static_cast<int64_t>(thread)}});
    for (auto& [member, value] : more) event.set(member, std::move(value));
    if (!out_.empty()) out_ += ",\n";
    out_ += codec::write_json(event);
  }
  std::string document(const Json& about) const {
    return "{\"traceEvents\":[" + out_ + "],\"displayTimeUnit\":\"ms\",\"otherData\":" + codec::write_json(about) + "}\n";
  }

 private:
  const Json process_ = static_cast<int64_t>(::getpid());
  std::string out_;
};

class CpuTrace final : public Recording {
 public:
  static base::Result<std::unique_ptr<Recording>> start(std::chrono::seconds length) {
    return begin(Purpose::cpu_trace, std::unique_ptr<Recording>(new CpuTrace(length)));
  }

 private:
  struct Moment {
    int thread;
    int64_t at_ns;
    uint32_t stack;
  };
  explicit CpuTrace(std::chrono::seconds length) : Recording(length) {}

  void take(const StackSample& sample) override {
    const auto stack = moments_.size() < kMomentsMax ? stacks_.number_of(sample.stack()) : std::nullopt;
    if (stack) moments_.push_back({sample.thread, sample.at_ns, *stack});
    else ++beyond_;
  }

  // By the stack's number, outermost first; views of `names`.
  std::vector<std::vector<std::string_view>> functions(std::map<uintptr_t, std::string>& names) const {
    const Binaries binaries;
    std::vector<std::vector<std::string_view>> out(stacks_.size());
    for (uint32_t i = 0; i < out.size(); ++i) {
      const auto& stack = stacks_.stack(i);
      for (auto at = stack.rbegin(); at != stack.rend(); ++at) {
        auto [name, fresh] = names.try_emplace(*at);
        if (fresh) name->second = binaries.name_of(*at);
        out[i].push_back(name->second);
      }
    }
    return out;
  }

  std::string finish(std::chrono::nanoseconds, uint64_t lost) override {
    std::map<uintptr_t, std::string> names;
    const auto stacks = functions(names);
    TimeLine line(kPeriodNs);
    for (const Moment& moment : moments_) line.add(moment.thread, moment.at_ns, stacks[moment.stack]);
    Events events;
    for (const ThreadState& thread : list_threads()) events.add("M", "thread_name", thread.id, {{"args", Json::record({{"name", thread.name}})}});
    for (const Slice& slice : line.finish()) {
      events.add("X", slice.function, slice.thread, {{"ts", microseconds(slice.from_ns)}, {"dur", microseconds(slice.to_ns - slice.from_ns)}});
    }
    return events.document(Json::record({{"samples_per_second", static_cast<int64_t>(kSamplesPerSecond)},
                                         {"samples_lost", static_cast<int64_t>(lost + beyond_)},
                                         {"slices_left_out", static_cast<int64_t>(line.left_out())}}));
  }

  StackTable stacks_;
  std::vector<Moment> moments_;
  uint64_t beyond_ = 0;  // samples that found no room
};

}  // namespace

base::Result<std::unique_ptr<Recording>> record_cpu_trace(std::chrono::seconds length) { return CpuTrace::start(length); }

}  // namespace bao::profiling
