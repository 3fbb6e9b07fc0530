// bao debug …: debug_capture.cc, debug_invalidations.cc, debug_policy.cc.
#pragma once

namespace bao::cli {

class Invocation;
int debug_capture(Invocation& run);
int debug_invalidations(Invocation& run);
int debug_policy(Invocation& run);

}  // namespace bao::cli
