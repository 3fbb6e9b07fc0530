// The command line (openbao-cli.md): one file a command; arguments split as Go does before CLI11 sees them (D17).
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bao::cli {

struct Entry {
  // Runs `bao server …`: given by the program, so that the client path never touches the server's parts.
  std::function<int(const std::vector<std::string>&)> server;
};
// Arguments after the program's name. Returns the exit status.
int run(const std::vector<std::string>& arguments, const Entry& entry);

}  // namespace bao::cli
