// Stacks of this process's threads, by signal (SIGPROF): of those that use a processor, a hundred times in each second of it
// (setitimer), and of one that is asked for. Nothing runs, and nothing is kept ready, until somebody samples for the first time.
//
// What is safe, and why: the handler touches the ring (stack_ring.h), the unwinder (unwind.h), a clock and its own errno only. The
// ring, the handler and the guard are made once and never taken back, for a signal may come late. Everything else happens in the
// threads that collect, under one lock. A thread that blocks SIGPROF is never seen; none of the server's does. System calls that a
// signal breaks off (EINTR) are begun anew by those who make them.
#pragma once

#include <memory>

#include "internal/base/result.h"
#include "internal/profiling/stack_ring.h"

namespace bao::profiling {

inline constexpr int kSamplesPerSecond = 100;  // of a processor

// What somebody samples for; each can be done once at a time.
enum class Purpose : uint8_t { cpu_profile, cpu_trace, threads };

// Gets the stacks of its purpose, in the order of time, one call at a time, on a thread that collects.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void take(const StackSample& sample) = 0;
};

// Sampling goes on while it lives. Thread-compatible.
class Sampling {
 public:
  // `recorder` outlives it. Error: conflict (somebody samples for that purpose).
  static base::Result<std::unique_ptr<Sampling>> begin(Purpose purpose, Recorder& recorder);
  ~Sampling();
  Sampling(const Sampling&) = delete;
  Sampling& operator=(const Sampling&) = delete;
  // Hands out what was sampled since the last time, to whomever it is for. Call it four times a second.
  static void collect();
  // Has that thread of this process tell its stack, soon.
  static void ask(int thread);
  // Stacks that were lost since it began, because nobody collected in time.
  uint64_t lost() const;

 private:
  Sampling(Purpose purpose, uint64_t lost_before) : purpose_(purpose), lost_before_(lost_before) {}
  const Purpose purpose_;
  const uint64_t lost_before_;
};

}  // namespace bao::profiling
