// The threads of this process: what the kernel says of them, and where they are.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "internal/base/result.h"

namespace bao::profiling {

struct ThreadState {
  int id = 0;                    // as the kernel numbers it
  std::string name;              // as given by its owner: "http", "raft-core"
  char state = '?';              // R running, S sleeping, D in the disk's hands (proc(5))
  std::string waits_in;          // the kernel's function; "" when it doesn't wait, or the kernel doesn't say
  std::chrono::milliseconds processor{0};  // time that it has used
  std::vector<uintptr_t> stack;  // innermost first; empty: it didn't tell
};

// By id; without stacks. Threads that end meanwhile are left out.
std::vector<ThreadState> list_threads();
// The same, after each was asked where it is and had a second to answer. The thread that calls is among them.
// Error: conflict (somebody is asking already).
base::Result<std::vector<ThreadState>> threads_with_stacks();
// "sleeping in futex_wait_queue"
std::string describe_state(const ThreadState& thread);

}  // namespace bao::profiling
