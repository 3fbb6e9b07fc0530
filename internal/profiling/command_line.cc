#include "internal/profiling/command_line.h"

#include <fstream>
#include <iterator>

namespace bao::profiling {
namespace {

constexpr std::string_view kMask = "***";

// By its name; a flag too many is no harm.
bool may_hold_secret(std::string_view flag) {
  for (const std::string_view word : {"token", "password", "secret", "key", "header"}) {
    if (flag.find(word) != flag.npos) return true;
  }
  return false;
}

}  // namespace

std::string masked(std::string_view command_line) {
  std::string out;
  bool value_of_secret = false;
  while (!command_line.empty()) {
    const std::string_view argument = command_line.substr(0, command_line.find('\0'));
    command_line.remove_prefix(std::min(command_line.size(), argument.size() + 1));
    const bool flag = argument.starts_with('-');
    const std::string_view name = argument.substr(0, argument.find('='));
    if (!out.empty()) out += '\0';
    if (flag && name.size() < argument.size() && may_hold_secret(name)) ((out += name) += '=') += kMask;
    else out += value_of_secret && !flag ? kMask : argument;
    value_of_secret = flag && name.size() == argument.size() && may_hold_secret(name);
  }
  return out;
}

std::string masked_command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  return masked(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace bao::profiling
