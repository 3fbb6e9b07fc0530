// What version this program is. The compatible version counts; the revision and its time come from the build, where known.
#pragma once

#include <string>

namespace bao::cli {

// "OpenBao v2.6.2 (REVISION), committed TIME"; what isn't known is left out.
std::string version_line();

}  // namespace bao::cli
