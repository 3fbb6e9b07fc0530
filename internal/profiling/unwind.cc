#include "internal/profiling/unwind.h"

#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include <unwind.h>

namespace bao::profiling {
namespace {

// ---- a fault while unwinding

thread_local sigjmp_buf way_back;
thread_local volatile sig_atomic_t unwinding = 0;
struct sigaction faulting_before;

void on_fault(int number, siginfo_t*, void*) {
  if (unwinding != 0) siglongjmp(way_back, 1);
  sigaction(number, &faulting_before, nullptr);  // not ours: it happens again, as if nobody had been here
}

// ---- unwinding

struct Walk {
  uintptr_t from;  // the frames of the handler itself come first
  uintptr_t* frames;
  size_t frames_max, depth;
  bool begun;
};

_Unwind_Reason_Code step(_Unwind_Context* context, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  int exact = 0;  // where a signal interrupted, not where a call returns to
  const uintptr_t at = _Unwind_GetIPInfo(context, &exact);
  walk.begun = walk.begun || at == walk.from;
  if (at == 0 || walk.depth == walk.frames_max) return _URC_END_OF_STACK;
  if (!walk.begun) return _URC_NO_REASON;
  walk.frames[walk.depth] = exact != 0 || walk.depth == 0 ? at : at - 1;
  ++walk.depth;
  return _URC_NO_REASON;
}

uintptr_t interrupted_at(void* context) {
  const mcontext_t& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<uintptr_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return machine.pc;
#else
#error "where does this machine keep its program counter?"
#endif
}

}  // namespace

void prepare_unwinding() {
  uintptr_t frame = 0;
  Walk walk{0, &frame, 0, 0, false};
  _Unwind_Backtrace(step, &walk);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &faulting_before);
}

size_t interrupted_stack(void* context, uintptr_t* frames, size_t frames_max) {
  Walk walk{interrupted_at(context), frames, frames_max, 0, false};
  if (sigsetjmp(way_back, 1) == 0) {
    unwinding = 1;
    _Unwind_Backtrace(step, &walk);
    unwinding = 0;
    if (walk.depth > 0) return walk.depth;
  }
  unwinding = 0;
  frames[0] = interrupted_at(context);
  return 1;
}

}  // namespace bao::profiling
