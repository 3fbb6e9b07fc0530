// What can be told of this process at once: its threads, its memory, its locks. As profiles for pprof, and as text. Thread-safe.
#pragma once

#include <string>

#include "internal/base/result.h"

namespace bao::profiling {

// ---- threads, with their stacks. Error: conflict (somebody is asking already).
base::Result<std::string> thread_stacks_profile();  // a sample a thread, labelled with its name and state
base::Result<std::string> thread_stacks_text();     // threads with the same stack together
base::Result<std::string> each_thread_text();       // one after the other, with what it waits for

// ---- threads, by their names alone
std::string thread_names_profile();
std::string thread_names_text();

// ---- memory, as the allocator counts it. Where it was asked for, and how often, nobody counts.
std::string memory_profile();
std::string memory_text();

// ---- waiting for locks: not measured, so a profile without samples that says so.
std::string lock_profile();
std::string lock_text();

}  // namespace bao::profiling
