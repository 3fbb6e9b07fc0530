#include "internal/profiling/recording.h"

#include <algorithm>
#include <thread>

namespace bao::profiling {

using Steady = std::chrono::steady_clock;

base::Result<std::unique_ptr<Recording>> Recording::begin(Purpose purpose, std::unique_ptr<Recording> recording) {
  ASSIGN_OR_RETURN(recording->sampling_, Sampling::begin(purpose, *recording));
  return recording;
}

std::optional<std::string> Recording::next(std::chrono::milliseconds at_most) {
  if (sampling_ == nullptr) return std::nullopt;
  std::this_thread::sleep_until(std::min(until_, Steady::now() + at_most));
  Sampling::collect();
  if (Steady::now() < until_) return "";
  const uint64_t lost = sampling_->lost();
  sampling_.reset();
  return finish(Steady::now() - start_, lost);
}

}  // namespace bao::profiling
