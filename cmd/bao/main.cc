// The only binary that users get: the command line, which is given the server.
#include <cstdio>
#include <string>
#include <vector>

#include "internal/cli/cli.h"

int main(int argc, char** argv) {
  const bao::cli::Entry entry{.server = [](const std::vector<std::string>&) {
    std::fputs("This build has no server.\n", stderr);
    return 1;
  }};
  return bao::cli::run(std::vector<std::string>(argv + 1, argv + argc), entry);
}
