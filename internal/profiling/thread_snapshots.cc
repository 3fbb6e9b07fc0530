#include <array>
#include <map>

#include "internal/profiling/profile.h"
#include "internal/profiling/snapshots.h"
#include "internal/profiling/threads.h"

namespace bao::profiling {
namespace {

const std::vector<ValueType> kThreads = {{"threads", "count"}};

// "#  0x55d0c2a01234  bao::http::Connection::run"
std::string stack_lines(const Binaries& binaries, const std::vector<uintptr_t>& stack) {
  std::string out;
  for (const uintptr_t address : stack) out += "#\t" + hex_address(address) + "\t" + binaries.name_of(address) + "\n";
  return out.empty() ? "#\t(it did not tell where it is)\n" : out;
}

std::map<std::string, int64_t> counted_names() {
  std::map<std::string, int64_t> counts;
  for (const ThreadState& thread : list_threads()) ++counts[thread.name];
  return counts;
}

}  // namespace

base::Result<std::string> thread_stacks_profile() {
  ASSIGN_OR_RETURN(const auto threads, threads_with_stacks());
  const Binaries binaries;
  Profile profile(kThreads, binaries);
  profile.set_time(base::system_clock().now(), {});
  for (const ThreadState& thread : threads) {
    profile.add(thread.stack, std::array<int64_t, 1>{1},
                {{"thread", thread.name}, {"id", std::to_string(thread.id)}, {"state", describe_state(thread)}});
  }
  profile.comment("threads of the process; there are no goroutines");
  return profile.finish();
}

base::Result<std::string> thread_stacks_text() {
  ASSIGN_OR_RETURN(const auto threads, threads_with_stacks());
  const Binaries binaries;
  std::map<std::vector<uintptr_t>, std::map<std::string, int64_t>> alike;
  for (const ThreadState& thread : threads) ++alike[thread.stack][thread.name];
  std::string out = "threads: total " + std::to_string(threads.size()) + "\n";
  for (const auto& [stack, names] : alike) {
    for (const auto& [name, count] : names) out += std::to_string(count) + " " + name + "\n";
    out += stack_lines(binaries, stack) + "\n";
  }
  return out;
}

base::Result<std::string> each_thread_text() {
  ASSIGN_OR_RETURN(const auto threads, threads_with_stacks());
  const Binaries binaries;
  std::string out;
  for (const ThreadState& thread : threads) {
    out += "thread " + std::to_string(thread.id) + " " + thread.name + " [" + describe_state(thread) + ", " +
           std::to_string(thread.processor.count()) + " ms of a processor]:\n" + stack_lines(binaries, thread.stack) + "\n";
  }
  return out;
}

std::string thread_names_profile() {
  const Binaries binaries;
  Profile profile(kThreads, binaries);
  profile.set_time(base::system_clock().now(), {});
  for (const auto& [name, count] : counted_names()) profile.add_named({name}, std::array{count});
  profile.comment("threads by name; who began them is not recorded");
  return profile.finish();
}

std::string thread_names_text() {
  std::string out;
  int64_t total = 0;
  for (const auto& [name, count] : counted_names()) {
    total += count;
    out += std::to_string(count) + " " + name + "\n";
  }
  return "threads: total " + std::to_string(total) + "\n" + out;
}

}  // namespace bao::profiling
