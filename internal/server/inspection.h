// What a running server tells on SIGUSR2 (openbao-cli.md 7), for when it does not answer requests any more. Used by the main thread.
#pragma once

#include "internal/server/flags.h"

namespace bao::server {

// Where every thread is, a line of the log each. With BAO_STACKTRACE_WRITE_TO_FILE that as text in a file of its own, too; with
// BAO_PPROF_WRITE_TO_FILE the profiles goroutine, heap, allocs and threadcreate, for pprof. The files are the owner's alone, in the folder
// that BAO_STACKTRACE_FILE_PATH or BAO_PPROF_FILE_PATH names, else in a new one in TMPDIR; the log says where. So it does of what fails.
void inspect(const Variable& variable);

}  // namespace bao::server
