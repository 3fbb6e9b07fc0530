// The command line (openbao-cli.md): one file a command; arguments split as Go does before CLI11 sees them (D17).
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bao::cli {

class Invocation;

// What works on a server's configuration and files: given by the program, so that the client path never touches the server's
// parts. Each returns the exit status.
struct Entry {
  std::function<int(const std::vector<std::string>&)> server;  // `bao server …`, with its arguments as they are
  std::function<int(Invocation&)> migrate{}, diagnose{}, validate_config{};
};
// Arguments after the program's name. Returns the exit status.
int run(const std::vector<std::string>& arguments, const Entry& entry);

}  // namespace bao::cli
