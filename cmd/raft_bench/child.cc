#include "cmd/raft_bench/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/raft_bench/expect.h"

namespace bao::raft_bench {
namespace {

constexpr const char* kSelf = "/proc/self/exe";

}  // namespace

Child::Child(const std::vector<std::string>& arguments) {
  int down[2], up[2];  // closed on exec, so that no child holds another one's ends
  expect(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0, "no pipe could be made");
  std::vector<char*> argv{const_cast<char*>("raft_bench")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  process_ = fork();
  expect(process_ >= 0, "no process could be started");
  if (process_ == 0) {
    dup2(down[0], STDIN_FILENO);
    dup2(up[1], STDOUT_FILENO);
    execv(kSelf, argv.data());
    _exit(127);
  }
  close(down[0]);
  close(up[1]);
  to_ = fdopen(down[1], "w");
  from_ = fdopen(up[0], "r");
}

Child::~Child() {
  std::fclose(to_);
  int status = 0;
  waitpid(process_, &status, 0);
  std::fclose(from_);
  if (status != 0) std::fprintf(stderr, "raft_bench: a member ended with status %d\n", status);
}

std::string Child::ask(const std::string& line) {
  std::fprintf(to_, "%s\n", line.c_str());
  std::fflush(to_);
  return listen();
}

std::string Child::listen() {
  std::string line;
  for (int c = std::fgetc(from_); c != '\n'; c = std::fgetc(from_)) {
    expect(c != EOF, "a member ended early");
    line += static_cast<char>(c);
  }
  return line;
}

}  // namespace bao::raft_bench
