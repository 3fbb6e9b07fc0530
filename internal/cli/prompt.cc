#include "internal/cli/prompt.h"

#include <termios.h>
#include <unistd.h>

namespace bao::cli {
namespace {

// The terminal without echo while it lives.
class Hidden {
 public:
  Hidden() {
    terminal_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  ~Hidden() { if (terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &before_); }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  bool terminal() const { return terminal_; }

 private:
  termios before_{};
  bool terminal_ = false;
};

std::string read_line() {
  std::string line;
  char c = 0;
  while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

base::Result<std::string> ask_hidden(std::FILE* stream, std::string_view question) {
  std::fwrite(question.data(), 1, question.size(), stream);
  std::fflush(stream);
  const Hidden hidden;
  const std::string line = hidden.terminal() ? read_line() : "";
  std::fputc('\n', stream);
  std::fflush(stream);
  if (!hidden.terminal()) return base::invalid("file descriptor 0 is not a terminal");
  return line;
}

}  // namespace bao::cli
