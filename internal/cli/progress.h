// How far a long transfer is, on one line of stderr that is written over and cleared at the end; on a terminal only. Owned by the
// main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bao::cli {

class ProgressLine {
 public:
  // `verb`: "Saving".
  explicit ProgressLine(std::string verb);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // `total` 0: unknown.
  void show(uint64_t done, uint64_t total);

 private:
  const std::string verb_;
  const bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

// "Saving: 12.3 of 45.6 MiB (27%)".
std::string progress_text(const std::string& verb, uint64_t done, uint64_t total);

}  // namespace bao::cli
