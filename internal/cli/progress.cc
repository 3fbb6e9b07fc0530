#include "internal/cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace bao::cli {
namespace {

constexpr std::chrono::milliseconds kBetween{100};

std::string mebibytes(uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / (1 << 20));
  return text;
}

}  // namespace

std::string progress_text(const std::string& verb, uint64_t done, uint64_t total) {
  if (total == 0) return verb + ": " + mebibytes(done) + " MiB";
  if (done >= total) return verb + ": " + mebibytes(total) + " MiB sent, waiting for the server";
  return verb + ": " + mebibytes(done) + " of " + mebibytes(total) + " MiB (" + std::to_string(done * 100 / total) + "%)";
}

ProgressLine::ProgressLine(std::string verb) : verb_(std::move(verb)), terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(uint64_t done, uint64_t total) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && done != total) return;
  next_ = now + kBetween;
  shown_ = true;
  std::fputs(("\r" + progress_text(verb_, done, total) + "\033[K").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace bao::cli
