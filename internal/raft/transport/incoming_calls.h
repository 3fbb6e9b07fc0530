// Calls from one peer: requests come, their answers go, in any order, many at once, from any thread.
#pragma once

#include <memory>
#include <string>

#include "internal/raft/transport/incoming.h"

namespace bao::raft {

// Answers that come when the connection has ended go nowhere.
std::shared_ptr<IncomingCall> answer_calls(const std::string& certificate, std::shared_ptr<Connection> connection, IncomingContext& context);

}  // namespace bao::raft
