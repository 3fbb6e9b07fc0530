// What the log is told of a request that this node could not answer as it should. http/ tells of those that never came here. Thread-safe.
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// Others than faults, and what another node is to do, are left alone.
void tell_of_fault(const RequestWork& work, const logical::Reply& reply);

}  // namespace bao::core
