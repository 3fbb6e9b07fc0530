#include "internal/cli/version.h"

#include "internal/base/build_identity.h"

namespace bao::cli {

std::string version_line() {
  std::string line = std::string("OpenBao v") + base::kVersion;
  const std::string revision = base::build_revision();
  if (!revision.empty()) line += " (" + revision + ")";
  return line + ", committed " + base::build_commit_date();
}

}  // namespace bao::cli
