// The stack that a signal interrupted. Async-signal-safe.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bao::profiling {

// Loads what unwinding needs and puts the guard below in place; once, before the first signal.
void prepare_unwinding();
// Called by the handler with its context: fills `frames`, innermost first, of callers the call. Their number. The tables of the
// binaries are followed (DWARF; nothing is compiled with frame pointers), which libgcc does without a lock and without allocating
// from glibc 2.35 on (_dl_find_object). Where a table is wrong and leads out of the stack, the fault is caught and the innermost
// frame alone is told: a sample may be poor, the server must not fall.
size_t interrupted_stack(void* context, uintptr_t* frames, size_t frames_max);

}  // namespace bao::profiling
