// An audit device: what an entry of the table says, its salt and its sink. Thread-safe. A line waits for the device at most
// kWriteTime, so that one that hangs holds nobody up for long; from then on it is passed by until it comes back.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "internal/core/audit/line.h"
#include "internal/core/audit/server_options.h"
#include "internal/core/audit/sink.h"
#include "internal/core/audit/turn.h"

namespace bao::core::audit {

inline constexpr std::chrono::milliseconds kWriteTime{2'000};
// One that took nothing in that time is given a glance by each line, and waited for again after a pause.
inline constexpr std::chrono::milliseconds kGlance{10}, kPause{10'000};

class Device {
 public:
  // What the server does not allow is not done: lines are hashed, and have no prefix. Errors: invalid, as the reference words them.
  static base::Result<std::unique_ptr<Device>> make(MountEntry entry, std::string salt, const ServerOptions& allowed);

  // Errors: unavailable; counted, and logged when it begins.
  base::Status write(std::string_view line);
  void reopen();
  const MountEntry& entry() const { return entry_; }
  const LineOptions& line_options() const { return line_options_; }
  const Salted& salted() const { return salted_; }
  bool failing() const { return failing_.load(std::memory_order_relaxed); }

 private:
  Device(MountEntry entry, std::string salt, LineOptions options, std::unique_ptr<Sink> sink);
  base::Status try_write(std::string_view line);
  bool is_waited_for(SteadyTime now);
  void report(const base::Status& status);

  const MountEntry entry_;
  const LineOptions line_options_;
  const Salted salted_;
  Turn turn_;
  const std::unique_ptr<Sink> sink_;  // used by whose turn it is
  std::atomic<bool> failing_{false}, reopen_{false};
  std::atomic<int64_t> waited_for_again_at_{0};  // by the steady clock; 0: it is
};

// What every type takes. Errors: invalid.
base::Result<LineOptions> line_options(const Options& options, const ServerOptions& allowed);

}  // namespace bao::core::audit
