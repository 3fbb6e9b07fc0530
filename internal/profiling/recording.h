// Where the process spends its processor time, recorded for a while. Owned by one thread, which asks for it until it is there; it
// ends when it is destroyed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/profiling/sampler.h"

namespace bao::profiling {

class Recording : public Recorder {
 public:
  // "" until its time is over; then all of it, then nothing. Waits so long at most.
  std::optional<std::string> next(std::chrono::milliseconds at_most);

 protected:
  explicit Recording(std::chrono::seconds length) : start_(std::chrono::steady_clock::now()), until_(start_ + length) {}
  // Error: conflict (there is another one).
  static base::Result<std::unique_ptr<Recording>> begin(Purpose purpose, std::unique_ptr<Recording> recording);
  virtual std::string finish(std::chrono::nanoseconds took, uint64_t lost) = 0;

 private:
  const std::chrono::steady_clock::time_point start_, until_;
  std::unique_ptr<Sampling> sampling_;
};

// A profile for pprof. Error: conflict.
base::Result<std::unique_ptr<Recording>> record_cpu_profile(std::chrono::seconds length);
// A time line of what each thread did: JSON in the trace event format (Chrome's), which ui.perfetto.dev, speedscope and
// chrome://tracing open. Not Go's execution trace: there is no Go runtime whose events it could tell. Made of the same samples as the
// profile, so what is shorter than a hundredth of a second is seen by chance only. Error: conflict.
base::Result<std::unique_ptr<Recording>> record_cpu_trace(std::chrono::seconds length);

}  // namespace bao::profiling
