// How this process was started.
#pragma once

#include <string>
#include <string_view>

namespace bao::profiling {

// The arguments of a command line as /proc/self/cmdline has it (each with a zero byte behind it), parted by zero bytes; the value of a
// flag that may hold a secret (-dev-root-token-id) is masked, whether it stands behind "=" or in the next argument.
std::string masked(std::string_view command_line);
// That of this process.
std::string masked_command_line();

}  // namespace bao::profiling
