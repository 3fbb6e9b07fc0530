#include "internal/profiling/sampler.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/profiling/unwind.h"

namespace bao::profiling {
namespace {

std::atomic<StackRing*> ring{nullptr};
std::atomic<uint64_t> lost_stacks{0};

constexpr size_t kPurposes = 3;
base::Mutex mutex(base::Rank::metrics);  // a leaf: recorders take no lock
Recorder* recorders[kPurposes] GUARDED_BY(mutex) = {};

size_t place(Purpose purpose) { return static_cast<size_t>(purpose); }

void on_signal(int, siginfo_t* info, void* context) {
  const int error = errno;
  const bool put = ring.load(std::memory_order_acquire)->put([&](StackSample& sample) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    sample.why = info->si_code == SI_TKILL ? StackSample::Why::asked : StackSample::Why::cpu;
    sample.thread = static_cast<int>(syscall(SYS_gettid));
    sample.at_ns = static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
    sample.depth = interrupted_stack(context, sample.frames.data(), kFramesMax);
  });
  if (!put) lost_stacks.fetch_add(1, std::memory_order_relaxed);
  errno = error;
}

void make_ready() REQUIRES(mutex) {
  if (ring.load(std::memory_order_relaxed) != nullptr) return;
  static const std::unique_ptr<StackRing> made = std::make_unique<StackRing>();
  ring.store(made.get(), std::memory_order_release);
  prepare_unwinding();
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigaction(SIGPROF, &action, nullptr);
}

void set_timer() REQUIRES(mutex) {
  const bool wanted = recorders[place(Purpose::cpu_profile)] != nullptr || recorders[place(Purpose::cpu_trace)] != nullptr;
  itimerval timer{};
  if (wanted) timer.it_interval.tv_usec = timer.it_value.tv_usec = 1'000'000 / kSamplesPerSecond;
  setitimer(ITIMER_PROF, &timer, nullptr);
}

void hand_out(const StackSample& sample) REQUIRES(mutex) {
  const bool asked = sample.why == StackSample::Why::asked;
  for (const Purpose purpose : {Purpose::cpu_profile, Purpose::cpu_trace, Purpose::threads}) {
    Recorder* recorder = recorders[place(purpose)];
    if (recorder != nullptr && asked == (purpose == Purpose::threads)) recorder->take(sample);
  }
}

// In the order of time, which is not that of the slots.
void collect_all() REQUIRES(mutex) {
  std::vector<StackSample> samples;
  ring.load(std::memory_order_relaxed)->take_each([&](const StackSample& sample) { samples.push_back(sample); });
  std::sort(samples.begin(), samples.end(), [](const StackSample& a, const StackSample& b) { return a.at_ns < b.at_ns; });
  for (const StackSample& sample : samples) hand_out(sample);
}

}  // namespace

base::Result<std::unique_ptr<Sampling>> Sampling::begin(Purpose purpose, Recorder& recorder) {
  base::MutexLock lock(mutex);
  if (recorders[place(purpose)] != nullptr) return base::Error(base::Code::conflict, "somebody is sampling already");
  make_ready();
  collect_all();  // what came late is nobody's
  recorders[place(purpose)] = &recorder;
  set_timer();
  return std::unique_ptr<Sampling>(new Sampling(purpose, lost_stacks.load(std::memory_order_relaxed)));
}

Sampling::~Sampling() {
  base::MutexLock lock(mutex);
  collect_all();
  recorders[place(purpose_)] = nullptr;
  set_timer();
}

void Sampling::collect() {
  base::MutexLock lock(mutex);
  collect_all();
}

void Sampling::ask(int thread) { syscall(SYS_tgkill, getpid(), thread, SIGPROF); }

uint64_t Sampling::lost() const { return lost_stacks.load(std::memory_order_relaxed) - lost_before_; }

}  // namespace bao::profiling
