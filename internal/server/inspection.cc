#include "internal/server/inspection.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "internal/base/log.h"
#include "internal/profiling/binaries.h"
#include "internal/profiling/snapshots.h"
#include "internal/profiling/threads.h"

namespace bao::server {
namespace {

base::Error failed(const std::string& what) { return base::internal(what + ": " + std::generic_category().message(errno)); }

void log_threads() {
  const auto threads = profiling::threads_with_stacks();
  if (!threads.ok()) return base::log_error("server", "the threads cannot be asked", {{"error", threads.error().message()}});
  const profiling::Binaries binaries;
  for (const profiling::ThreadState& thread : *threads) {
    std::string stack;
    for (const uintptr_t address : thread.stack) (stack += stack.empty() ? "" : " < ") += binaries.name_of(address);
    base::log_info("server", "thread", {{"id", std::to_string(thread.id)}, {"name", thread.name},
                                        {"state", profiling::describe_state(thread)}, {"stack", stack}});
  }
}

base::Result<std::string> folder_for(const Variable& variable, const char* path_variable) {
  const auto named = variable(path_variable);
  if (named && !named->empty()) {
    std::error_code code;
    if (std::filesystem::is_directory(*named, code)) return *named;
    return base::invalid(*named + " is no folder");
  }
  std::string made = std::filesystem::temp_directory_path() / "bao-inspection-XXXXXX";
  if (::mkdtemp(made.data()) == nullptr) return failed("mkdtemp " + made);
  return made;
}

base::Status write_file(const std::string& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failed("open " + path);
  const bool whole = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const base::Status written = whole ? base::Status() : base::Status(failed("write " + path));
  ::close(file);
  return written;
}

base::Result<std::string> write_stacks(const Variable& variable) {
  ASSIGN_OR_RETURN(const std::string folder, folder_for(variable, "STACKTRACE_FILE_PATH"));
  ASSIGN_OR_RETURN(const std::string text, profiling::each_thread_text());
  TRY(write_file(folder + "/stacktrace", text));
  return folder + "/stacktrace";
}

base::Result<std::string> write_profiles(const Variable& variable) {
  ASSIGN_OR_RETURN(const std::string folder, folder_for(variable, "PPROF_FILE_PATH"));
  ASSIGN_OR_RETURN(const std::string stacks, profiling::thread_stacks_profile());
  const std::string memory = profiling::memory_profile();
  TRY(write_file(folder + "/goroutine", stacks));
  TRY(write_file(folder + "/heap", memory));
  TRY(write_file(folder + "/allocs", memory));
  TRY(write_file(folder + "/threadcreate", profiling::thread_names_profile()));
  return folder;
}

void log_written(const char* what, const base::Result<std::string>& where) {
  if (where.ok()) base::log_info("server", what, {{"path", *where}});
  else base::log_error("server", what, {{"error", where.error().message()}});
}

bool asked_for(const Variable& variable, const char* name) { return !variable(name).value_or("").empty(); }

}  // namespace

void inspect(const Variable& variable) {
  log_threads();
  if (asked_for(variable, "STACKTRACE_WRITE_TO_FILE")) log_written("stacks of all threads, as a file", write_stacks(variable));
  if (asked_for(variable, "PPROF_WRITE_TO_FILE")) log_written("profiles, as files", write_profiles(variable));
}

}  // namespace bao::server
