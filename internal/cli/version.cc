#include "internal/cli/version.h"

namespace bao::cli {
namespace {

constexpr char kVersion[] = "2.6.2";  // of OpenBao, with whose API, CLI and data this program agrees

#ifndef BAO_REVISION
#define BAO_REVISION ""
#endif
#ifndef BAO_COMMIT_DATE
#define BAO_COMMIT_DATE ""
#endif
constexpr char kRevision[] = BAO_REVISION;
constexpr char kCommitDate[] = BAO_COMMIT_DATE;

}  // namespace

std::string version_line() {
  std::string line = std::string("OpenBao v") + kVersion;
  if (*kRevision != 0) line += std::string(" (") + kRevision + ")";
  if (*kCommitDate != 0) line += std::string(", committed ") + kCommitDate;
  return line;
}

}  // namespace bao::cli
