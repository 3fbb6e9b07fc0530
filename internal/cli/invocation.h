// One run of one command: its flags, arguments, streams and, once asked for, its session. Owned by the main thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/cli/command.h"
#include "internal/cli/session.h"
#include "internal/cli/ui.h"

namespace bao::cli {

class Invocation {
 public:
  Invocation(const Command& command, const Entry& entry, Ui& ui);

  // Reads flags (unless the command takes its arguments verbatim) and warns of flags that come too late.
  base::Status read(const std::vector<std::string>& arguments);

  const Command& command() const { return command_; }
  const Entry& entry() const { return entry_; }
  Ui& ui() { return ui_; }
  const FlagValues& flags() const { return flags_; }
  const std::vector<std::string>& arguments() const { return arguments_; }
  // The first argument without spaces and slashes around it.
  std::string path_argument() const;
  bool table() const { return ui_.format() == Format::table; }
  bool no_stdin() const { return flags_.boolean("non-interactive"); }
  const std::string& field() const { return flags_.text("field"); }

  // Whether there are `least` to `most` arguments; says so where not ("Not enough arguments (expected 1, got 0)").
  bool takes(size_t least, size_t most);
  bool takes(size_t count) { return takes(count, count); }

  // The session with its token; nullptr when there is none to be had, which was said. The exit status is then 2 (1 for status).
  Session* session();
  Session* session_without_token();
  // Nullptr until a session was made.
  const Session* session_if_open() const { return session_.get(); }

  // Says what went wrong on stderr; returns `status`.
  int fail(int status, std::string_view message);
  int fail(std::string_view message) { return fail(2, message); }
  int succeed(std::string_view message);  // on stdout; 0

 private:
  const Command& command_;
  const Entry& entry_;
  Ui& ui_;
  FlagValues flags_;
  std::vector<std::string> arguments_;
  std::unique_ptr<Session> session_;
};

}  // namespace bao::cli
