#include "internal/server/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "internal/base/log.h"

extern char** environ;

namespace bao::server {
namespace {

sigset_t held_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) sigaddset(&set, number);
  return set;
}

base::Error system_error(const char* call, const std::string& path, int error) {
  std::string why = std::strerror(error);
  if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') why[0] = static_cast<char>(why[0] | 0x20);
  return {base::Code::unavailable, std::string(call) + " " + path + ": " + why};
}

}  // namespace

config::Environment environment() {
  config::Environment all;
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view text(*variable);
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void hold_signals() {
  const sigset_t set = held_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

int next_signal() {
  const sigset_t set = held_set();
  int number = 0;
  while (::sigwait(&set, &number) != 0) {
  }
  return number;
}

base::Result<PidFile> PidFile::write(const std::string& path) {
  if (path.empty()) return PidFile("");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return system_error("could not open pid file: open", path, errno);
  const std::string text = std::to_string(::getpid());
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  ::close(file);
  if (!written) return system_error("could not write to pid file: write", path, error);
  return PidFile(path);
}

PidFile::~PidFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

base::Status log_to_file(const std::string& path) {
  static int current = -1;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return system_error("open", path, errno);
  if (current < 0) {
    current = file;
    base::set_log_descriptor(current);
    return {};
  }
  ::dup3(file, current, O_CLOEXEC);  // lines being written go to one file or the other
  ::close(file);
  return {};
}

}  // namespace bao::server
