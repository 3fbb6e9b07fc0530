// The only binary that users get: the command line, which is given the server. The client path never touches its parts.
#include <string>
#include <vector>

#include "internal/cli/cli.h"
#include "internal/diagnose/diagnose.h"
#include "internal/migration/migrate.h"
#include "internal/server/server.h"

int main(int argc, char** argv) {
  const bao::cli::Entry entry{.server = bao::server::run, .migrate = bao::migration::run,
                               .diagnose = bao::diagnose::diagnose, .validate_config = bao::diagnose::validate_config};
  return bao::cli::run(std::vector<std::string>(argv + 1, argv + argc), entry);
}
