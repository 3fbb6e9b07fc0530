// One lane from one peer: only reads. Says who it is first; from then on each envelope must be from that node and to this one.
#pragma once

#include <memory>
#include <string>

#include "internal/raft/transport/incoming.h"

namespace bao::raft {

std::shared_ptr<IncomingCall> take_lane(const std::string& certificate, IncomingContext& context);

}  // namespace bao::raft
