#include <time.h>

#include <array>

#include "internal/base/time_format.h"
#include "internal/profiling/profile.h"
#include "internal/profiling/recording.h"
#include "internal/profiling/stack_table.h"

namespace bao::profiling {
namespace {

constexpr int64_t kPeriodNs = 1'000'000'000 / kSamplesPerSecond;

base::Duration processor_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

class CpuProfile final : public Recording {
 public:
  static base::Result<std::unique_ptr<Recording>> start(std::chrono::seconds length) {
    return begin(Purpose::cpu_profile, std::unique_ptr<Recording>(new CpuProfile(length)));
  }

 private:
  explicit CpuProfile(std::chrono::seconds length)
      : Recording(length), began_(base::system_clock().now()), used_before_(processor_time()) {}

  void take(const StackSample& sample) override {
    const auto number = stacks_.number_of(sample.stack());
    if (!number) ++beyond_;
    else if (*number == counts_.size()) counts_.push_back(1);
    else ++counts_[*number];
  }

  std::string finish(std::chrono::nanoseconds took, uint64_t lost) override {
    const base::Duration used = processor_time() - used_before_;
    const Binaries binaries;
    Profile profile({{"samples", "count"}, {"cpu", "nanoseconds"}}, binaries);
    profile.set_time(began_, took);
    profile.set_period({"cpu", "nanoseconds"}, kPeriodNs);
    for (uint32_t i = 0; i < counts_.size(); ++i) profile.add(stacks_.stack(i), std::array{counts_[i], counts_[i] * kPeriodNs});
    profile.comment("processor time that the process used meanwhile: " + base::format_go_duration(used) + "; samples lost: " + std::to_string(lost + beyond_));
    return profile.finish();
  }

  const base::Time began_;
  const base::Duration used_before_;
  StackTable stacks_;
  std::vector<int64_t> counts_;  // by the stack's number
  uint64_t beyond_ = 0;          // samples of stacks that found no room
};

}  // namespace

base::Result<std::unique_ptr<Recording>> record_cpu_profile(std::chrono::seconds length) { return CpuProfile::start(length); }

}  // namespace bao::profiling
