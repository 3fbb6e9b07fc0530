#include "internal/cli/invocation.h"

#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

// Positionals that look like flags, without those that are understood anywhere.
std::string late_flags(const std::vector<std::string>& positionals) {
  static constexpr std::string_view kAnywhere[] = {"output-curl-string", "output-policy", "format", "detailed"};
  std::string late;
  for (const std::string& argument : positionals) {
    if (!argument.starts_with('-') || argument == "-") continue;
    std::string_view name = argument;
    name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
    name = name.substr(0, name.find('='));
    bool anywhere = false;
    for (const std::string_view flag : kAnywhere) anywhere = anywhere || name == flag;
    if (!anywhere) late += (late.empty() ? "" : ",") + argument;
  }
  return late;
}

}  // namespace

Invocation::Invocation(const Command& command, const Entry& entry, Ui& ui)
    : command_(command), entry_(entry), ui_(ui), flags_(flags_of(command)) {}

base::Status Invocation::read(const std::vector<std::string>& arguments) {
  if (command_.reading == Reading::verbatim) {
    arguments_ = arguments;
    return {};
  }
  const auto status = flags_.parse(arguments);
  arguments_ = flags_.positionals();
  if (const std::string late = late_flags(arguments_); !late.empty() && table()) {
    ui_.warn("Command flags must be provided before positional arguments. The following arguments will not be parsed as flags: [" +
             late + "]");
  }
  TRY(status);
  if (ui_.format() == Format::raw && !command_.raw_format) {
    return base::invalid("This command does not support the -format=raw option.");
  }
  return {};
}

std::string Invocation::path_argument() const { return arguments_.empty() ? "" : without_slashes(arguments_[0]); }

bool Invocation::takes(size_t least, size_t most) {
  const size_t count = arguments_.size();
  if (count >= least && count <= most) return true;
  const std::string expected = least == most ? std::to_string(least) : std::to_string(least) + "-" + std::to_string(most);
  ui_.error((count < least ? "Not enough arguments (expected " : "Too many arguments (expected ") + expected + ", got " +
            std::to_string(count) + ")");
  return false;
}

Session* Invocation::session_without_token() {
  if (session_ != nullptr) return session_.get();
  auto session = Session::open(flags_);
  if (!session.ok()) {
    ui_.error(session.error().message());
    return nullptr;
  }
  session_ = std::move(session).value();
  return session_.get();
}

Session* Invocation::session() {
  if (session_ != nullptr) return session_.get();
  if (session_without_token() == nullptr) return nullptr;
  const auto status = session_->take_token();
  if (status.ok()) return session_.get();
  ui_.error(status.error().message());
  session_.reset();
  return nullptr;
}

int Invocation::fail(int status, std::string_view message) {
  ui_.error(message);
  return status;
}

int Invocation::succeed(std::string_view message) {
  ui_.output(message);
  return 0;
}

}  // namespace bao::cli
