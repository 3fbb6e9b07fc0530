// The only file that changes with a commit: CMake hands it BAO_REVISION and BAO_COMMIT_DATE.
#include "internal/base/build_identity.h"

namespace bao::base {

const char* build_revision() { return BAO_REVISION; }
const char* build_commit_date() { return BAO_COMMIT_DATE; }

}  // namespace bao::base
