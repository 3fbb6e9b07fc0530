#include "internal/profiling/threads.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "internal/profiling/sampler.h"

namespace bao::profiling {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswerTime{1000}, kLook{1};
constexpr size_t kAskedAtOnce = kRingSlots / 4;  // processors in use may be sampled meanwhile

std::string line_of(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::vector<int> thread_ids() {
  std::vector<int> ids;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/task"), ::closedir);
  while (folder != nullptr) {
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    int id = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec == std::errc()) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// The fields behind the name, which may hold anything: state, then numbers (proc(5), stat).
void read_statistics(const std::string& stat, ThreadState& thread) {
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  fields >> thread.state;
  int64_t ignored = 0, in_program = 0, in_kernel = 0;
  for (int i = 0; i < 10; ++i) fields >> ignored;
  fields >> in_program >> in_kernel;
  thread.processor = std::chrono::milliseconds((in_program + in_kernel) * 1000 / ::sysconf(_SC_CLK_TCK));
}

struct StackRecorder final : Recorder {
  void take(const StackSample& sample) override { stacks[sample.thread].assign(sample.stack().begin(), sample.stack().end()); }
  std::map<int, std::vector<uintptr_t>> stacks;
};

}  // namespace

std::vector<ThreadState> list_threads() {
  std::vector<ThreadState> out;
  for (const int id : thread_ids()) {
    const std::string folder = "/proc/self/task/" + std::to_string(id) + "/";
    const std::string stat = line_of(folder + "stat");
    if (stat.empty()) continue;
    ThreadState thread;
    thread.id = id;
    thread.name = line_of(folder + "comm");
    thread.waits_in = line_of(folder + "wchan");
    if (thread.waits_in == "0") thread.waits_in.clear();
    read_statistics(stat, thread);
    out.push_back(std::move(thread));
  }
  return out;
}

base::Result<std::vector<ThreadState>> threads_with_stacks() {
  StackRecorder recorder;
  ASSIGN_OR_RETURN(const auto sampling, Sampling::begin(Purpose::threads, recorder));
  std::vector<ThreadState> threads = list_threads();
  const auto until = Steady::now() + kAnswerTime;
  for (size_t asked = 0; asked < threads.size();) {
    for (size_t i = 0; i < kAskedAtOnce && asked < threads.size(); ++i) Sampling::ask(threads[asked++].id);
    do {
      std::this_thread::sleep_for(kLook);
      Sampling::collect();
    } while (recorder.stacks.size() < asked && Steady::now() < until);
  }
  for (ThreadState& thread : threads) thread.stack = std::move(recorder.stacks[thread.id]);
  return threads;
}

std::string describe_state(const ThreadState& thread) {
  std::string state = thread.state == 'R' ? "running" : thread.state == 'S' ? "sleeping" : thread.state == 'D' ? "waiting for a disk"
                      : std::string("state ") + thread.state;
  if (!thread.waits_in.empty()) state += " in " + thread.waits_in;
  return state;
}

}  // namespace bao::profiling
