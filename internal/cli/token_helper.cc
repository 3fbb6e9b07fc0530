#include "internal/cli/token_helper.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "internal/cli/environment.h"
#include "internal/cli/go_values.h"
#include "internal/cli/key_values.h"
#include "internal/codec/hcl.h"

namespace bao::cli {
namespace {

std::string lower_strerror() {
  std::string text = std::strerror(errno);
  text[0] = static_cast<char>(text[0] | 0x20);
  return text;
}

base::Status write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno != EINTR) return base::invalid("write: " + lower_strerror());
    if (size > 0) bytes.remove_prefix(static_cast<size_t>(size));
  }
  return {};
}

class TokenFile final : public TokenHelper {
 public:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  base::Result<std::string> get() override {
    if (access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return std::string();
    ASSIGN_OR_RETURN(const std::string content, read_file(path_));
    const size_t first = content.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return std::string();
    return content.substr(first, content.find_last_not_of(" \t\r\n") - first + 1);
  }

  // Written beside and renamed, so that a file of someone else's is never written into.
  base::Status store(const std::string& token) override {
    const std::string beside = path_ + ".tmp";
    const int descriptor = open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) return base::invalid("open " + beside + ": " + lower_strerror());
    const auto written = write_all(descriptor, token);
    close(descriptor);
    if (written.ok() && rename(beside.c_str(), path_.c_str()) == 0) return {};
    const std::string why = written.ok() ? "rename " + beside + " " + path_ + ": " + lower_strerror() : written.error().message();
    unlink(beside.c_str());
    return base::invalid(why);
  }

 private:
  std::string path_;
};

struct Pipe {
  int read_end = -1, write_end = -1;
  bool open_both() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
  void close_read() { if (read_end >= 0) close(std::exchange(read_end, -1)); }
  void close_write() { if (write_end >= 0) close(std::exchange(write_end, -1)); }
  ~Pipe() {
    close_read();
    close_write();
  }
};

// A program called as `PROGRAM get|store` through the user's shell.
class TokenProgram final : public TokenHelper {
 public:
  TokenProgram(std::string path, std::string server_address) : path_(std::move(path)), server_(std::move(server_address)) {}

  base::Result<std::string> get() override { return call("get", ""); }
  base::Status store(const std::string& token) override {
    TRY(call("store", token));
    return {};
  }

 private:
  base::Result<std::string> call(const char* operation, const std::string& input) const {
    Pipe in, out, complaints;
    if (!in.open_both() || !out.open_both() || !complaints.open_both()) return base::invalid("pipe: " + lower_strerror());
    const pid_t child = fork();
    if (child < 0) return base::invalid("fork: " + lower_strerror());
    if (child == 0) run_child(operation, in.read_end, out.write_end, complaints.write_end);
    in.close_read();
    out.close_write();
    complaints.close_write();
    const auto written = write_all(in.write_end, input);  // a token fits into the pipe
    in.close_write();
    const std::string answer = drain(out.read_end), complaint = drain(complaints.read_end);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return answer;
    const std::string how = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                              : std::string("signal: ") + strsignal(WTERMSIG(status));
    return base::invalid(go_quoted(complaint) + ": " + how);
  }

  [[noreturn]] void run_child(const char* operation, int in, int out, int complaints) const {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(complaints, STDERR_FILENO);
    setenv("BAO_ADDR", server_.c_str(), 1);
    setenv("VAULT_ADDR", server_.c_str(), 1);
    const char* shell = std::getenv("SHELL");
    if (shell == nullptr || *shell == 0) shell = "/bin/sh";
    execl(shell, shell, "-c", (path_ + " " + operation).c_str(), nullptr);
    _exit(127);
  }

  static std::string drain(int descriptor) {
    std::string text;
    char buffer[4096];
    for (;;) {
      const ssize_t size = read(descriptor, buffer, sizeof(buffer));
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return text;
      text.append(buffer, static_cast<size_t>(size));
    }
  }

  std::string path_, server_;
};

// The program named by the configuration's only key; empty when none is.
base::Result<std::string> configured_program(const std::string& content) {
  ASSIGN_OR_RETURN(const std::vector<codec::HclItem> items, codec::parse_hcl(content));
  std::string program, unknown;
  int unknown_count = 0;
  for (const codec::HclItem& item : items) {
    if (item.key == "token_helper") {
      program = item.value.scalar.as_string();
    } else {
      ++unknown_count;
      unknown += "\t* invalid key " + go_quoted(item.key) + " on line " + std::to_string(item.assign_line) + "\n";
    }
  }
  if (unknown_count == 1) return base::invalid("1 error occurred:\n" + unknown + "\n");
  if (unknown_count > 1) return base::invalid(std::to_string(unknown_count) + " errors occurred:\n" + unknown + "\n");
  return program;
}

base::Result<std::string> program_of_configuration() {
  std::string path = environment_or_empty("BAO_CONFIG_PATH");
  path = expand_home(path.empty() ? "~/.bao" : path);
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::string();
  ASSIGN_OR_RETURN(const std::string content, read_file(path));
  auto program = configured_program(content);
  if (program.ok()) return program;
  return base::invalid("error parsing config file at " + go_quoted(path) + ": " + program.error().message() +
                       "; ensure that the file is valid; Ansible Vault is known to conflict with it.");
}

}  // namespace

base::Result<std::unique_ptr<TokenHelper>> configured_token_helper(const std::string& server_address) {
  ASSIGN_OR_RETURN(const std::string program, program_of_configuration());
  if (program.empty()) {
    const std::string path = environment_or_empty("BAO_TOKEN_PATH");
    return std::unique_ptr<TokenHelper>(std::make_unique<TokenFile>(path.empty() ? expand_home("~/.vault-token") : path));
  }
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(program, error).string();
  if (error || access(absolute.c_str(), F_OK) != 0) return base::invalid("unknown error getting the external helper path");
  return std::unique_ptr<TokenHelper>(std::make_unique<TokenProgram>(absolute, server_address));
}

}  // namespace bao::cli
